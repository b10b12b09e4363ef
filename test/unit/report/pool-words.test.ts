import { expect, test } from 'vitest';
import { bytesText, poolLines } from '../../../src/report/pool-words.ts';
import type { PoolCallStatus, PoolStatus } from '../../../src/wire/pool/pool-status.ts';

const idle: PoolStatus = {
  version: '1.2.3',
  pid: 7,
  startedAt: 0,
  slots: 3,
  pace: { slots: 3, until: null, cause: null },
  paused: false,
  minFreeBytes: null,
  taken: 0,
  lent: 0,
  waiting: 0,
  runs: [],
};

const call = (number: number, state: PoolCallStatus['state'], pid?: number): PoolCallStatus => ({
  call: number,
  label: `l${number}\u001b[2J`,
  state,
  pid,
  since: 1000,
});

test('an idle pool', () => {
  expect(poolLines(idle, 61_000, 80)).toEqual([
    '0 of 3 slots taken, 3 free, 0 calls waiting',
    'broker: andwait 1.2.3, pid 7, up 1m 01s',
  ]);
});

test('a busy one, with its runs and calls, and of the waiting ones the first', () => {
  const waiting = Array.from({ length: 8 }, (_, at) => call(at + 3, 'waiting'));
  const calls = [call(1, 'running', 42), call(2, 'starting'), ...waiting];
  const runs = [{ runId: 'r1', dir: '/runs/r1', running: 2, waiting: 8, refused: 0, held: null, calls }];
  const status = { ...idle, slots: 1, taken: 1, lent: 1, waiting: 8, paused: true, minFreeBytes: 2e9, runs };
  expect(poolLines(status, 3000, 80)).toEqual([
    '1 of 1 slot taken, 1 lent to a call below, 8 calls waiting',
    'paused: no agent starts until `andwait pool continue`',
    'no agent starts while less than 2 GB of memory is available',
    'broker: andwait 1.2.3, pid 7, up 3.0s',
    'r1: 2 running, 8 waiting (3 of them not shown), in /runs/r1',
    'RUN  CALL  LABEL  STATE     PID  SINCE',
    'r1      1  l1     running    42   2.0s',
    'r1      2  l2     starting        2.0s',
    ...[3, 4, 5, 6, 7].map((number) => `r1      ${number}  l${number}     waiting         2.0s`),
  ]);
});

test('one that the model API slows', () => {
  const pace = { slots: 2, until: 31_000, cause: 'the model API limits requests (429)' };
  const why = 'slower: the model API limits requests (429); at most 2 of 3 slots at once';
  expect(poolLines({ ...idle, pace }, 1000, 80)[1]).toBe(`${why}, nothing new for 30s`);
  expect(poolLines({ ...idle, pace: { ...pace, until: 500 } }, 1000, 80)[1]).toBe(why);
});

test.each([
  [5e8, '500 MB'],
  [2e9, '2 GB'],
  [1.5e9, '1.5 GB'],
])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));
