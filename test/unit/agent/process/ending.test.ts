import { expect, test } from 'vitest';
import { Ending } from '../../../../src/agent/process/ending.ts';
import { ProcessGroup } from '../../../../src/agent/process/process-group.ts';
import { DEFAULT_AGENT_LIMITS } from '../../../../src/agent/program/agent-settings.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const { graceMs, killMs } = DEFAULT_AGENT_LIMITS;

function anEnding({ signal = new AbortController().signal, timeoutMs = null as number | null } = {}) {
  const sent: unknown[] = [];
  const clock = new ManualClock();
  const group = new ProcessGroup(42, (pid, name) => sent.push([pid, name]));
  const ending = new Ending({ group, clock, signal, limits: { ...DEFAULT_AGENT_LIMITS, timeoutMs } });
  return { ending, clock, sent };
}

test('TERM to the group, KILL when that does not help', () => {
  const { ending, clock, sent } = anEnding({ timeoutMs: 10 });
  clock.advance(10);
  expect(sent).toEqual([[-42, 'SIGTERM']]);
  clock.advance(killMs);
  expect(sent).toEqual([
    [-42, 'SIGTERM'],
    [-42, 'SIGKILL'],
  ]);
  expect(ending.reason).toEqual({ kind: 'timeout', limitMs: 10 });
});

test('the first reason wins, and nothing is sent twice', () => {
  const controller = new AbortController();
  const { ending, clock, sent } = anEnding({ signal: controller.signal, timeoutMs: 10 });
  controller.abort();
  clock.advance(10);
  ending.grace(graceMs, true);
  clock.advance(graceMs - 10 - 1);
  expect(ending.reason).toEqual({ kind: 'stopped' });
  expect(sent).toEqual([[-42, 'SIGTERM']]);
});

test('after the end no timer waits, no signal is sent, and late output starts nothing', () => {
  const controller = new AbortController();
  const { ending, clock, sent } = anEnding({ signal: controller.signal, timeoutMs: 10 });
  ending.over();
  ending.grace(graceMs, true);
  controller.abort();
  clock.advance(graceMs * 2);
  expect(clock.pending).toEqual([]);
  expect(sent).toEqual([]);
  expect(ending.reason).toBeUndefined();
});

test('a signal that has fired already', () => {
  const { ending, sent } = anEnding({ signal: AbortSignal.abort() });
  expect(ending.reason).toEqual({ kind: 'stopped' });
  expect(sent).toEqual([[-42, 'SIGTERM']]);
});

test('a thousand agents may wait for one signal', async () => {
  const controller = new AbortController();
  const endings = Array.from({ length: 1000 }, () => anEnding({ signal: controller.signal }));
  // Node 20 warns of a leak here, on a later tick, and any warning fails the tests (fail-on-warning.ts).
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  expect(endings.map(({ sent }) => sent.length)).toEqual(Array(1000).fill(1));
});
