#!/bin/sh
# The main job, on rehearsal agents: each is a real child process that answers with a sample, without a model or a cost.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
andwait="${NODE:-node} $here/../dist/andwait.js"

echo "\$ andwait run recipes/find-verify-summarise.js --rehearse --agent print"
echo
$andwait run "$here/find-verify-summarise.js" --rehearse --agent print

echo
echo "Those were rehearsal agents. What to type next:"
if command -v claude >/dev/null 2>&1; then
  echo "  for real, on the claude that is on your PATH (this costs tokens):"
  echo "    node dist/andwait.js run recipes/find-verify-summarise.js"
elif [ -n "${ANTHROPIC_API_KEY:-}${ANTHROPIC_AUTH_TOKEN:-}" ]; then
  echo "  for real, with the API key in your environment (this costs tokens):"
  echo "    node dist/andwait.js run recipes/find-verify-summarise.js --agent print"
else
  echo "  for real: install claude, or set ANTHROPIC_API_KEY, then"
  echo "    node dist/andwait.js run recipes/find-verify-summarise.js"
fi
echo "  what ran so far:        node dist/andwait.js list"
echo "  to have it on PATH:     npm install --global ."
