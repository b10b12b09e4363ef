#!/bin/sh
# The main job, on rehearsal agents: each is a real child process that answers with a sample, without a model or a cost.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# Commands are shown as they can be typed here.
case $PWD in "$root") at= bin=\$PWD/bin ;; *) at=$root/ bin=$root/bin ;; esac
run="run ${at}recipes/find-verify-summarise.js"

echo "\$ node ${at}dist/andwait.js $run --rehearse --agent print"
echo
"${NODE:-node}" "$root/dist/andwait.js" run "$root/recipes/find-verify-summarise.js" --rehearse --agent print

echo
echo "Those were rehearsal agents: samples, no findings. What to type next:"
echo "  to have andwait on the PATH of this shell:"
echo "    export PATH=\"$bin:\$PATH\""
echo "  what ran so far:"
echo "    andwait list"
if command -v claude >/dev/null 2>&1; then
  echo "  for real, with the claude on your PATH (this costs tokens):"
  echo "    andwait $run"
elif [ -n "${ANTHROPIC_API_KEY:-}${ANTHROPIC_AUTH_TOKEN:-}" ]; then
  echo "  for real, with the key in your environment (this costs tokens), asked by our own andwait-print:"
  echo "    andwait $run --agent print"
else
  echo "  for real: install Claude Code (npm install --global @anthropic-ai/claude-code), or set ANTHROPIC_API_KEY, then"
  echo "    andwait $run"
fi
echo "The first hour, a step at a time, without a key: ${at}docs/guides/getting-started.md"
