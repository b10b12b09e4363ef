#!/bin/sh
# One agent per file, all at once, then one over what they said: `recipes/legacy-wait.sh src/*.js > review.md`
# As it stands, each `claude` starts at once; below `andwait exec -- recipes/legacy-wait.sh …` they take turns in the pool.
set -eu
answers=$(mktemp -d)
agents= n=0 failed=0
trap 'rm -rf "$answers"' EXIT
# What is started with & does not hear Ctrl-C by itself.
trap 'kill $agents 2> /dev/null; exit 129' HUP
trap 'kill $agents 2> /dev/null; exit 130' INT
trap 'kill $agents 2> /dev/null; exit 143' TERM

for file do
  n=$((n + 1))
  claude -p "Review $file for bugs. Be brief." > "$answers/$n.md" &
  agents="$agents $!"
done
# A bare `wait` would hide that one failed.
for agent in $agents; do wait "$agent" || failed=$((failed + 1)); done
[ "$failed" -eq 0 ] || { echo "$failed of $n agents failed" >&2; exit 1; }
cat "$answers"/*.md | claude -p 'Merge these reviews into one list, the worst first.'
