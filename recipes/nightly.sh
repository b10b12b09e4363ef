#!/bin/sh
# Nightly from cron: silent when all is well, loud when not, at most 100 agents and 200,000 output tokens.
set -eu
exec andwait run "$1" --quiet --max-agents 100 --budget-tokens 200000
