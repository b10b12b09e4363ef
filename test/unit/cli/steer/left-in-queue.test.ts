import { expect, test } from 'vitest';
import { runAndwait } from '../../../support/programs/run-in-process.ts';
import { attempt, RecordedRunFiles, RUN_ID, started } from '../../../support/runs/recorded-run.ts';
import { DESCRIPTION } from '../../../support/runs/run-description.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a run that was killed is not stopped without the password of its queue, which is said', async () => {
  const state = temporaryFolder();
  const options = { ...DESCRIPTION.options, queue: 'redis://:***@q' };
  const run = new RecordedRunFiles(state, { options });
  run.record(attempt(1, { options, pid: 4_000_000 }), started(1));
  const { code, stderr } = await runAndwait({
    argv: ['stop', '--last'],
    env: { ANDWAIT_HOME: state, PATH: process.env['PATH'] ?? '' },
    cwd: state,
  });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `andwait: nobody works on run ${RUN_ID}: it was cut off; what it left in the queue redis://:***@q, whose password is not kept, can be ended: set ANDWAIT_QUEUE\n`,
  });
});
