import { expect, onTestFinished, test } from 'vitest';
import { programOutput } from '../../../src/print/program-output.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a program that has ended is not waited for because of what it left behind', async () => {
  const clock = new ManualClock();
  const output = programOutput({
    ...{ file: '/bin/sh', args: ['-c', 'sleep 60 & echo $!'], cwd: temporaryFolder(), env: process.env },
    ...{ timeoutMs: 60_000, maxBytes: 1000, clock },
  });
  await clock.timerSet(1000);
  clock.advance(1000);
  const { code, stdout, cut } = (await output) ?? {};
  onTestFinished(() => void process.kill(Number(stdout?.toString())));
  expect({ code, cut, said: stdout?.toString() }).toEqual({
    ...{ code: 0, cut: undefined, said: expect.stringMatching(/^\d+\n$/) },
  });
});
