#!/usr/bin/env python3
"""The same with asyncio, and at most ten minutes an agent: recipes/legacy-asyncio.py src/*.js > review.json"""
import asyncio
import json
import sys

AT_ONCE = 8
SECONDS = 600


async def ask(prompt):
    agent = await asyncio.create_subprocess_exec(
        "claude", "-p", prompt, "--output-format", "json",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )
    try:
        stdout, stderr = await asyncio.wait_for(agent.communicate(), SECONDS)
    finally:
        # Whatever ended the waiting, time, Ctrl-C or an error: no agent works on unseen.
        if agent.returncode is None:
            agent.terminate()
            await agent.wait()
    if agent.returncode != 0:
        raise RuntimeError((stderr or stdout).decode("utf-8", "replace").strip())
    return json.loads(stdout)["result"]


async def review(file, slots):
    async with slots:
        try:
            return await ask(f"Review {file} for bugs. Be brief.")
        except asyncio.TimeoutError:
            print(f"{file}: no answer within {SECONDS} seconds", file=sys.stderr)
        except RuntimeError as failure:
            print(f"{file}: {failure}", file=sys.stderr)
    return None


async def main(files):
    slots = asyncio.Semaphore(AT_ONCE)
    answers = await asyncio.gather(*(review(file, slots) for file in files))
    reviews = dict(zip(files, answers))
    json.dump(reviews, sys.stdout, indent=2)
    print()
    return None in answers


sys.exit(asyncio.run(main(sys.argv[1:])))
