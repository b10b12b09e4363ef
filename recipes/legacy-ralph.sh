#!/bin/sh
# The same prompt again and again, each time to a fresh agent, until the work is done and a check agrees:
#   recipes/legacy-ralph.sh PROMPT.md make test
# Ends with 0: an agent wrote DONE on a line of its own, and the check passed. 1: two rounds in a row changed no file, or
# an agent failed. 3: after $ROUNDS rounds (20). 75: a cap, or no quota; the same command goes on. 130: Ctrl-C.
set -eu
prompt=${1:?which file holds the prompt, and the command that checks the work: legacy-ralph.sh PROMPT.md make test}
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
say() { echo "ralph: $*" >&2; }

# All files as git would commit them, in one number; with an index of our own, so that yours stays as it is.
state() (
  export GIT_INDEX_FILE="$work/index"
  git add --all "$(git rev-parse --show-toplevel)"
  git write-tree
)

rounds=${ROUNDS:-20} round=0 idle=0
: > "$work/failure"
before=$(state)
while [ "$round" -lt "$rounds" ]; do
  round=$((round + 1))
  say "round $round of $rounds"
  cat "$prompt" > "$work/prompt"
  echo 'When nothing of this is left to do, write DONE on a line of its own.' >> "$work/prompt"
  cat "$work/failure" >> "$work/prompt"
  status=0
  claude -p --permission-mode acceptEdits < "$work/prompt" > "$work/answer" || status=$?
  cat "$work/answer"
  case $status in
    0) ;;
    75) say "round $round: a cap, or no quota; to go on, the same command again"; exit 75 ;;
    *) say "round $round: the agent failed ($status)"; exit 1 ;;
  esac

  : > "$work/failure"
  if grep -qE '^[* ]*DONE[*. ]*$' "$work/answer"; then
    if "$@" > "$work/check" 2>&1; then say "done after $round rounds"; exit 0; fi
    say "round $round: DONE, but the check fails: $*"
    # The next agent hears of it.
    { echo "An agent said DONE, but \`$*\` still fails:"; tail -n 50 "$work/check"; } > "$work/failure"
  fi
  after=$(state)
  if [ "$after" = "$before" ]; then idle=$((idle + 1)); else idle=0; fi
  [ "$idle" -lt 2 ] || { say 'two rounds in a row changed no file'; exit 1; }
  before=$after
done
say "not done after $rounds rounds"
exit 3
