#!/bin/sh
# A CI step: reviews what a branch changed. Fails when the script or every agent fails; keeps the whole result as JSON.
set -eu
git diff "$1" | python3 -c 'import json, sys; print(json.dumps({"diff": sys.stdin.read()}))' |
  andwait run "$(dirname "$0")/review-diff.js" --args - --output json --quiet > review.json
python3 -c 'import json; print(json.load(open("review.json"))["result"])'
