import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { ChildOutput } from '../../../../src/agent/process/child-output.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const QUIET_MS = 50;

function childWithOpenPipes() {
  const pipe = () => ({
    bytesRead: 0,
    destroyed: false,
    destroy() {
      this.destroyed = true;
    },
  });
  const child = Object.assign(new EventEmitter(), { stdout: pipe(), stderr: pipe() });
  const clock = new ManualClock();
  return { child, clock, output: new ChildOutput(child as unknown as ChildProcess, clock) };
}

test('closed before anybody asked', async () => {
  const { child, clock, output } = childWithOpenPipes();
  child.emit('close');
  expect(await output.drained(QUIET_MS)).toBe(true);
  expect(clock.pending).toEqual([]);
});

test('closed while it is awaited, and no timer stays', async () => {
  const { child, clock, output } = childWithOpenPipes();
  const drained = output.drained(QUIET_MS);
  child.emit('close');
  expect(await drained).toBe(true);
  expect(clock.pending).toEqual([]);
});

test('quiet', async () => {
  const { clock, output } = childWithOpenPipes();
  const drained = output.drained(QUIET_MS);
  clock.advance(QUIET_MS);
  expect(await drained).toBe(false);
});

test('goes on while bytes come, on either pipe', async () => {
  const { child, clock, output } = childWithOpenPipes();
  const drained = output.drained(QUIET_MS);
  for (const pipe of [child.stdout, child.stderr]) {
    await clock.timerSet(QUIET_MS);
    pipe.bytesRead += 1;
    clock.advance(QUIET_MS);
  }
  await clock.timerSet(QUIET_MS);
  clock.advance(QUIET_MS);
  expect(await drained).toBe(false);
  expect(clock.monotonicMs()).toBe(3 * QUIET_MS);
});

test('bytes that were waiting while this process was busy count as coming', async () => {
  const { child, clock, output } = childWithOpenPipes();
  const drained = output.drained(QUIET_MS);
  clock.advance(QUIET_MS);
  // The timer fired first; the event loop reads the pipes only after it.
  child.stdout.bytesRead += 1;
  await clock.timerSet(QUIET_MS);
  child.emit('close');
  expect(await drained).toBe(true);
});

test('something that writes for ever is not listened to for ever', async () => {
  const { child, clock, output } = childWithOpenPipes();
  // Each look at the counter finds another byte.
  let looks = 0;
  Object.defineProperty(child.stdout, 'bytesRead', { get: () => looks++ });
  expect(await clock.runUntil(output.drained(QUIET_MS), QUIET_MS)).toBe(false);
  expect(clock.monotonicMs()).toBe(10 * QUIET_MS);
});

test('abandoned pipes are let go', () => {
  const { child, output } = childWithOpenPipes();
  output.abandon();
  expect([child.stdout.destroyed, child.stderr.destroyed]).toEqual([true, true]);
});
