#!/bin/sh
# A commit message for what is staged: `git commit -m "$(recipes/legacy-commit-message.sh)"`, or as a prepare-commit-msg hook.
set -eu
git diff --cached | claude -p 'Write a commit message for this diff: one line, imperative. Answer with the message alone.'
