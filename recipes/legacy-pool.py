#!/usr/bin/env python3
"""One agent per argument, eight at once, answers as JSON: recipes/legacy-pool.py src/*.js > review.json"""
import concurrent.futures
import json
import subprocess
import sys


def review(file):
    command = ["claude", "-p", f"Review {file} for bugs. Be brief.", "--output-format", "json"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        print(f"{file}: {done.stderr.strip() or done.stdout.strip()}", file=sys.stderr)
        return None
    return json.loads(done.stdout)["result"]


files = sys.argv[1:]
pool = concurrent.futures.ThreadPoolExecutor(max_workers=8)
try:
    reviews = dict(zip(files, pool.map(review, files)))
finally:
    # After Ctrl-C, or an error of ours, no other agent begins.
    pool.shutdown(cancel_futures=True)
json.dump(reviews, sys.stdout, indent=2)
print()
sys.exit(None in reviews.values())
