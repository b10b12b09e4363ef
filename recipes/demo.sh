#!/bin/sh
# The main job, on rehearsal agents: each is a real child process that answers with a sample, without a model or a cost.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# Commands are shown as they can be typed here.
case $PWD in "$root") at= ;; *) at=$root/ ;; esac
run="run ${at}recipes/find-verify-summarise.js"

echo "\$ node ${at}dist/andwait.js $run --rehearse --agent print"
echo
"${NODE:-node}" "$root/dist/andwait.js" run "$root/recipes/find-verify-summarise.js" --rehearse --agent print

echo
echo "Those were rehearsal agents: samples, no findings. What to type next:"
if command -v claude >/dev/null 2>&1; then
  echo "  for real, with the claude on your PATH (this costs tokens):"
  echo "    node ${at}dist/andwait.js $run"
elif [ -n "${ANTHROPIC_API_KEY:-}${ANTHROPIC_AUTH_TOKEN:-}" ]; then
  echo "  for real, with the key in your environment (this costs tokens; such agents have no tools yet, so they read no code):"
  echo "    node ${at}dist/andwait.js $run --agent print"
else
  echo "  for real: install Claude Code (npm install --global @anthropic-ai/claude-code), or set ANTHROPIC_API_KEY, then"
  echo "    node ${at}dist/andwait.js $run"
fi
echo "  what ran so far:"
echo "    node ${at}dist/andwait.js list"
echo "  to have andwait on your PATH:"
echo "    npm install --global ${at:-.}"
