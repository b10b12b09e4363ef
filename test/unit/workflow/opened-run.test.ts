import { expect, test } from 'vitest';
import type { OpenRun } from '../../../src/journal/open-run.ts';
import type { JournalRecord } from '../../../src/wire/records/record.ts';
import { openedHere } from '../../../src/workflow/opened-run.ts';
import { RunStopped } from '../../../src/workflow/run-workflow.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('a run without a broker is warned of its time, and paused when it is up', async () => {
  const clock = new ManualClock();
  const written: JournalRecord[] = [];
  const journal = { append: (record: JournalRecord) => void written.push(record) };
  const run = { records: [], journal, [Symbol.asyncDispose]: async () => {} } as unknown as OpenRun;
  const caps = { concurrency: 1, agents: 1, outputTokens: null, timeMs: 10_000 };
  const opened = openedHere(run, { caps, reuse: 'none', rehearsal: true, waitForQuota: false }, clock);
  const heard: string[] = [];
  opened.listen((text) => heard.push(text));
  clock.advance(8000);
  expect(heard).toEqual(['the run has 2s left of its 10s (--max-time)']);
  expect(written).toMatchObject([{ type: 'log', text: heard[0] }]);
  clock.advance(2000);
  const reason = opened.stopped?.reason as RunStopped;
  expect(reason).toBeInstanceOf(RunStopped);
  expect(reason.pause).toMatchObject({ cause: 'time', resetAt: null });
  await opened[Symbol.asyncDispose]();
  expect(clock.pending).toEqual([]);
});
