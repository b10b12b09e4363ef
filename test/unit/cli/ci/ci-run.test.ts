import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { faultOf, withCi } from '../../../../src/cli/ci/ci-run.ts';
import type { Program } from '../../../../src/core/program.ts';
import { NO_CALLS, type RunResult } from '../../../../src/core/run.ts';
import { DESCRIPTION } from '../../../support/runs/run-description.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { result } from '../../report/run-events.ts';

test.each([
  [0, 2],
  [75, 75],
])('what cannot be told makes no success of a run that ended with %i', async (ended, code) => {
  const home = temporaryFolder();
  const stderr = new PassThrough();
  const program = { env: { ANDWAIT_HOME: home }, cwd: home, homeDir: home, stderr } as unknown as Program;
  const options = { github: false, junit: 'report.xml', joblog: undefined, log: 'open' } as const;
  const told = await withCi(options, 'run', program, async (_program, listener) => {
    await listener.ended('20261122-nosuch');
    return ended;
  });
  expect(told).toBe(code);
  expect(String(stderr.read())).toMatch(/^andwait: there is no run "20261122-nosuch"/);
});

const OH = { name: 'Error', message: 'oh', stack: undefined };

test.each<[Partial<RunResult> | undefined, string | undefined]>([
  [{}, undefined],
  [
    { status: 'failed', error: OH, calls: { ...NO_CALLS, total: 1, done: 1 } },
    'failed: oh; go on with: andwait resume ID',
  ],
  [{ status: 'failed', error: OH }, 'failed: oh'],
  [
    { status: 'capped', calls: { ...NO_CALLS, refused: 2, raises: { cost: '--max-cost 4' } } },
    'capped: a cap refused 2 calls (cost); go on with: andwait resume ID --max-cost 4',
  ],
  [undefined, 'it told no end; go on with: andwait resume ID'],
])('a fault of %j is told with what goes on', (more, words) => {
  const description = { ...DESCRIPTION, kind: 'workflow', runId: 'ID' } as const;
  expect(faultOf({ description, result: more === undefined ? undefined : result(more) })).toBe(words);
});
