#!/bin/sh
# The same with GNU parallel: answers whole and in the order of the names, a log of who failed, those again with --retry-failed.
exec parallel --null --quote --keep-order --jobs 8 --joblog agents.log claude -p 'Review {} for bugs. Be brief.'
