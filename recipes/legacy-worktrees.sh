#!/bin/sh
# One agent per line of stdin, each in a working tree and on a branch of its own; then all are merged into your branch:
#   recipes/legacy-worktrees.sh < tasks.txt
# Fails when an agent did. Stops at the first conflict and names it. What is not merged is kept, and said where.
set -eu
say() { echo "worktrees: $*" >&2; }
cd "$(git rev-parse --show-toplevel)"
[ -z "$(git status --porcelain)" ] || { say 'there are uncommitted changes: commit or stash them first'; exit 2; }
base=$(git rev-parse HEAD)
name=fan-out-$(date +%Y%m%d-%H%M%S)
work=$(mktemp -d)
agents= count=0 merged=0 failed=0

# git itself refuses to remove a tree with changes in no commit: such work was paid for.
close_tree() {
  [ -d "$work/$1" ] || return 0
  git worktree remove "$work/$1" 2> /dev/null || { say "kept, because not committed: $work/$1"; return 0; }
  # Likewise a branch with commits that are not merged.
  git branch --quiet -d "$name-$1" 2> /dev/null || say "kept, because not merged: branch $name-$1"
}
close_all() {
  trap '' HUP INT TERM
  n=0
  while [ "$n" -lt "$count" ]; do n=$((n + 1)); close_tree "$n"; done
  rm -f "$work"/*.task "$work"/*.answer "$work"/*.failed "$work/said"
  rmdir "$work" 2> /dev/null || :
}
stop() { trap '' HUP INT TERM; kill $agents 2> /dev/null || :; wait; exit "$1"; }
trap close_all EXIT
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

while IFS= read -r task || [ -n "$task" ]; do
  [ -n "$task" ] || continue
  count=$((count + 1))
  printf '%s\n' "$task" > "$work/$count.task"
  git worktree add --quiet -b "$name-$count" "$work/$count" < /dev/null
  (cd "$work/$count" && exec claude -p --permission-mode acceptEdits < "$work/$count.task" > "$work/$count.answer") &
  agents="$agents $!"
done

commit() { git add --all && { git diff --cached --quiet || git commit --quiet --file "$work/$1.task"; }; }
n=0
for agent in $agents; do
  n=$((n + 1))
  if wait "$agent" && (cd "$work/$n" && commit "$n"); then continue; fi
  failed=$((failed + 1))
  say "failed: $(cat "$work/$n.task")"
  touch "$work/$n.failed"
done

n=0
while [ "$n" -lt "$count" ]; do
  n=$((n + 1))
  if [ -e "$work/$n.failed" ]; then rm "$work/$n.failed"; continue; fi
  if [ "$(git rev-parse "$name-$n")" = "$base" ]; then say "changed nothing: $(cat "$work/$n.task")"; continue; fi
  if ! git merge --quiet --no-ff -m "Merge $name-$n: $(cat "$work/$n.task")" "$name-$n" > "$work/said" 2>&1; then
    say "cannot be merged: $name-$n ($(cat "$work/$n.task")); stopped there, $merged of $count are merged:"
    cat "$work/said" >&2
    git merge --abort 2> /dev/null || :
    exit 1
  fi
  merged=$((merged + 1))
done
say "$merged of $count merged"
[ "$failed" -eq 0 ] || exit 1
