#!/bin/sh
# A nightly run, for cron or a timer: `recipes/nightly.sh WORKFLOW FOLDER`. FOLDER keeps the lock and what the last run said.
# Says nothing when all is well, so that nothing is mailed. When not: what went wrong, on stderr, and the run's exit status.
# A run that the machine or the quota cut off is gone on with by the next night: nothing is paid for twice.
set -eu
workflow=$1 folder=$2
mkdir -p "$folder"

# The lock is held until both this shell and the run are gone, however they end.
command -v flock > /dev/null || { echo 'nightly: flock is missing (package util-linux)' >&2; exit 69; }
exec 9> "$folder/lock"
flock -n 9 || { echo "nightly: $workflow still runs since last time (lock: $folder/lock)" >&2; exit 75; }

runs=$folder/events.ndjson
last=$(if [ -f "$runs" ]; then sed -n '1s/.*"runId":"\([^"]*\)".*/\1/p' "$runs"; fi)
if [ -n "$last" ] && andwait list --json --limit 0 --status running,unfinished,stopped,paused | grep -qF "\"$last\""; then
  set -- resume "$last"
else
  set -- run "$workflow"
fi

status=0
andwait "$@" --quiet --output ndjson --max-agents 100 --budget-tokens 200000 --fail-on 20% \
  > "$runs" 2> "$folder/errors" || status=$?
if [ "$status" -ne 0 ]; then
  echo "nightly: $workflow ended with $status:" >&2
  cat "$folder/errors" >&2
  exit "$status"
fi
run=$(sed -n '1s/.*"runId":"\([^"]*\)".*/\1/p' "$runs")
andwait result "$run" > "$folder/result.new"
mv "$folder/result.new" "$folder/result"
