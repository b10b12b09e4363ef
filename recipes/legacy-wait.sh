#!/bin/sh
# One agent per file, all at once, then one over what they said: `recipes/legacy-wait.sh src/*.js > review.md`
# As it stands, each `claude` starts at once; below `andwait exec -- recipes/legacy-wait.sh …` they take turns in the pool.
set -eu
answers=$(mktemp -d)
trap 'rm -rf "$answers"' EXIT
for file do
  claude -p "Review $file for bugs. Be brief." > "$answers/$(basename "$file").md" &
done
wait
cat "$answers"/*.md | claude -p 'Merge these reviews into one list, the worst first.'
