import { statSync, truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type FollowedStep, followRun } from '../../../../src/journal/follow/follow-run.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { attempt, RecordedRunFiles, settled, started } from '../../../support/runs/recorded-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const LOOK_MS = 1000;
const ASK_MS = 5000;

function follow() {
  const run = new RecordedRunFiles(temporaryFolder());
  const clock = new ManualClock();
  const stop = new AbortController();
  const alive = new Set<number>();
  const kill = (pid: number): void => {
    if (!alive.has(pid)) throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
  };
  const steps = followRun(run.folder, { clock, kill }, stop.signal);
  /** The first step, or that of the next look. */
  const step = async (passMs = 0): Promise<FollowedStep | undefined> => {
    const next = steps.next();
    if (passMs > 0) clock.advance(passMs);
    const { value, done } = await next;
    return done === true ? undefined : value;
  };
  const types = async (passMs?: number) => (await step(passMs))?.records.map(({ type }) => type);
  return { run, clock, stop, alive, step, types };
}

test('all there is at once, then what comes, until the run has told its end and its result', async () => {
  const { run, step, types } = follow();
  const lock = await run.lock();
  run.record(attempt(), started(1));
  expect(await types()).toEqual(['header', 'attempt', 'started']);
  expect(await types(LOOK_MS)).toEqual([]);
  run.append('{"type":"log","te');
  expect(await types(LOOK_MS)).toEqual([]);
  run.append('xt":"hello","at":1}\n');
  expect(await types(LOOK_MS)).toEqual(['log']);
  run.record(settled(1), { type: 'end', attempt: 1, status: 'completed', at: 3 });
  // The result comes a moment after the record.
  expect(await step(LOOK_MS)).toMatchObject({ end: undefined });
  run.ends();
  expect(await step(LOOK_MS)).toMatchObject({ end: { kind: 'ended', result: { status: 'completed' } } });
  expect(await step()).toBeUndefined();
  await lock.release();
});

test('a run that nobody works on and that told no end was left', async () => {
  const { run, step } = follow();
  run.record(attempt());
  expect(await step()).toMatchObject({ records: [{}, { type: 'attempt' }], end: { kind: 'left' } });
  expect(await step()).toBeUndefined();
});

test('whose owner is killed meanwhile is left, after a silence', async () => {
  const { run, step } = follow();
  const lock = await run.lock();
  run.record(attempt());
  expect(await step()).toMatchObject({ end: undefined });
  await lock.release();
  expect(await step(LOOK_MS)).toMatchObject({ end: undefined });
  expect(await step(ASK_MS)).toMatchObject({ end: { kind: 'left' } });
});

test('whose broker was killed, and whose own process lives, is waited for until the next broker has it', async () => {
  const { run, alive, clock, step } = follow();
  run.record(attempt(1, { pid: 4711 }));
  alive.add(4711);
  const first = step();
  await clock.timerSet(100);
  const lock = await run.lock();
  clock.advance(100);
  expect(await first).toMatchObject({ end: undefined });
  await lock.release();
});

test('but not for ever: another may have its number by now', async () => {
  const { run, alive, clock, step } = follow();
  run.record(attempt(1, { pid: 4711 }));
  alive.add(4711);
  expect(await clock.runUntil(step(), 100)).toMatchObject({ end: { kind: 'left' } });
});

test('an older result is none of the attempt that works, also when a torn end was cut away for it', async () => {
  const { run, step } = follow();
  run.record(attempt());
  run.ends();
  const lock = await run.lock();
  run.record(attempt(2));
  run.append('torn by a cra');
  expect(await step()).toMatchObject({ end: undefined });
  truncateSync(run.folder.journalFile, statSync(run.folder.journalFile).size - 'torn by a cra'.length);
  run.record(attempt(3));
  expect(await step(LOOK_MS)).toMatchObject({ records: [{ type: 'attempt', attempt: 3 }], end: undefined });
  await lock.release();
});

test('damage is told with its line', async () => {
  const { run, step } = follow();
  run.append('{"type":"log"}\n');
  await expect(step()).rejects.toThrow(/damaged at line 2/);
});

test('who goes away gets no further step, and leaves no timer', async () => {
  const { run, clock, stop, step } = follow();
  const lock = await run.lock();
  await step();
  const next = step();
  stop.abort();
  expect(await next).toBeUndefined();
  expect(clock.pending).toEqual([]);
  await lock.release();
});
