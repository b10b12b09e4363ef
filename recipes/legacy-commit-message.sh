#!/bin/sh
# A commit message for what is staged: `git commit -m "$(recipes/legacy-commit-message.sh)"`
set -eu
diff=$(git diff --cached)
[ -n "$diff" ] || { echo 'nothing is staged: git add what the commit is to hold' >&2; exit 1; }
printf '%s\n' "$diff" |
  claude -p 'Write a commit message for this diff: one line, imperative. Answer with the message alone.'
