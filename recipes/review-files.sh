#!/bin/sh
# One agent for each file that git tracks: `recipes/review-files.sh '*.js' 'lib/*.ts' > reviews.ndjson`
# Names end with NUL on their way and are data to the end: spaces, quotes and line feeds in them do nothing.
# Exits 3 when an agent failed, 75 when a cap or the quota ended it; stderr then says which command goes on.
set -eu
list=$(mktemp)
trap 'rm -f "$list"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Into a file and not a pipe: a pipe would hide that git failed.
git ls-files -z -- "$@" > "$list"
[ -s "$list" ] || { echo "review-files: git tracks no file like this here: $*" >&2; exit 2; }
andwait map 'Review the file {} for bugs. Be brief.' --input nul --keep-order --quiet --max-agents 200 < "$list"
