#!/bin/sh
# A step for any CI: reviews what changed since a commit or branch: `recipes/ci-step.sh origin/main`
# Fails when git, the script or any of its agents fails; review.json keeps the whole result.
set -eu
base=${1:?which commit or branch to compare with, as in: recipes/ci-step.sh origin/main}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

git diff "$base" -- > "$work/diff"
node -e 'console.log(JSON.stringify({ diff: require("fs").readFileSync(0, "utf8") }))' < "$work/diff" > "$work/args"
andwait run "$(dirname "$0")/review-diff.js" --args - --output json --quiet --fail-on 1 < "$work/args" > review.json
node -e 'console.log(JSON.parse(require("fs").readFileSync(0, "utf8")).result)' < review.json
