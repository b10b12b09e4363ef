#!/bin/sh
# One agent per line of stdin, eight at once: `git ls-files '*.js' | recipes/legacy-xargs.sh`
# Exits 123 when an agent failed, as xargs does.
exec xargs -P8 -I{} claude -p 'Review {} for bugs. Be brief.'
