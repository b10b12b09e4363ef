/** Seeded trials: a run of 60 calls killed with SIGKILL at a random instant, then resumed. ANDWAIT_SOAK_SEED and _TRIALS choose. */
import { describe, expect, test } from 'vitest';
import { countingProject } from '../support/programs/counting-project.ts';
import { seeded } from '../support/seeded.ts';

const CALLS = 60;
const SEED = Number(process.env['ANDWAIT_SOAK_SEED'] ?? '1');
const TRIALS = Number(process.env['ANDWAIT_SOAK_TRIALS'] ?? '30');
/** run_started, three events a call, the result: a kill beyond the last line hits a run that has ended. */
const LINES = 2 + 3 * CALLS;

describe(`kill -9 at random instants, seed ${SEED}`, () => {
  const random = seeded(SEED);
  const instants = Array.from({ length: TRIALS }, () => 1 + Math.floor(random() * LINES));

  test.each(instants.map((line, trial) => [trial, line] as const))(
    'trial %i: after line %i',
    async (_trial, line) => {
      const { andwait, runIds, settledPrompts, expected } = countingProject(CALLS);
      let seen = 0;
      const first = await andwait(
        ['run', 'many.js', '--agent', 'claude', '--output', 'ndjson', '-q', '-j', '4'],
        {
          onStdout: (chunk, child) => {
            seen += chunk.split('\n').length - 1;
            if (seen >= line) child.kill('SIGKILL');
          },
        },
      );
      const [runId = ''] = runIds();
      const settled = settledPrompts(runId);
      const second = await andwait(['resume', runId, '-q', '--output', 'json']);
      expect(second).toMatchObject({ code: 0, stderr: '' });
      const result = JSON.parse(second.stdout) as { result: unknown; calls: unknown };
      expect(result.result).toEqual(expected);
      expect(result.calls).toMatchObject({
        replayed: settled.length,
        done: CALLS - settled.length,
        failed: 0,
      });
      expect(second.ran.filter((prompt) => settled.includes(prompt))).toEqual([]);
      // Whatever was told to the reader had been on disk before.
      const told = first.stdout
        .split('\n')
        .filter((text) => text.includes('"call_settled"') && text.endsWith('}'));
      expect(settled.length).toBeGreaterThanOrEqual(told.length);
    },
  );
});
