/** A run killed with SIGKILL at every named step, then resumed: nothing that had settled is paid for twice. */
import { describe, expect, test } from 'vitest';
import { countingProject } from '../support/counting-project.ts';

const CALLS = 8;

/** The first spawns are the sandbox and the run's lock; agents begin at the fourth. */
const nths = { append: [1, 2, 4], sync: [1, 2, 4], spawn: [1, 4, 6], rename: [1, 2, 3] };

const POINTS = (['append', 'sync', 'spawn', 'rename'] as const).flatMap((step) =>
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
