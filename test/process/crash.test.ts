/** A run killed with SIGKILL at every named step of its own, then resumed: nothing that had settled is paid for twice. The broker's steps: pool/broker-crash.test.ts. */
import { describe, expect, test } from 'vitest';
import { countingProject } from '../support/programs/counting-project.ts';

const CALLS = 8;

/** It asks the agent's version, starts sandbox and broker (a lock first), then its agent hosts; the journal is the broker's to write. */
const nths = { spawn: [2, 5, 6], rename: [1, 3] };

const POINTS = (['spawn', 'rename'] as const).flatMap((step) =>
  ['before', 'after'].flatMap((when) => nths[step].map((nth) => `${when}:${step}:${nth}`)),
);

describe('killed at a named step, then resumed', () => {
  test.each(POINTS)('%s', async (crash) => {
    const { andwait, runIds, settledPrompts, expected } = countingProject(CALLS);
    const whole = { code: 0, stderr: '', stdout: `${JSON.stringify(expected)}\n` };
    const first = await andwait(['run', 'many.js', '--agent', 'claude', '-q'], { crash });
    if (first.signal === null) {
      // A run of this size does not take that many such steps: it must have ended well.
      expect(first).toMatchObject(whole);
      return;
    }
    expect(first.signal).toBe('SIGKILL');
    const [runId] = runIds();
    if (runId === undefined) return;
    const settled = settledPrompts(runId);
    const second = await andwait(['resume', runId, '-q']);
    if (/cut off before it began/.test(second.stderr)) {
      expect(settled).toEqual([]);
      return;
    }
    expect(second).toMatchObject(whole);
    expect(second.ran.filter((prompt) => settled.includes(prompt))).toEqual([]);
    expect(second.ran).toHaveLength(CALLS - settled.length);
  });
});
