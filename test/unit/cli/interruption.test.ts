import { expect, test } from 'vitest';
import { listenForInterruption } from '../../../src/cli/interruption.ts';
import type { ProgramSignal } from '../../../src/core/program.ts';

function listening() {
  const listeners = new Map<ProgramSignal, () => void>();
  const told: unknown[] = [];
  const program = {
    onSignal(signal: ProgramSignal, listener: () => void) {
      listeners.set(signal, listener);
      return () => void listeners.delete(signal);
    },
  };
  const interruption = listenForInterruption(program, (...words) => told.push(words));
  const state = () => [interruption.signal.aborted, interruption.hurry.aborted, interruption.received()];
  return { interruption, listeners, told, state, send: (signal: ProgramSignal) => listeners.get(signal)?.() };
}

test('the first signal stops, the second hurries, a third says nothing new', () => {
  const { send, state, told } = listening();
  expect(state()).toEqual([false, false, undefined]);
  send('SIGTERM');
  expect(state()).toEqual([true, false, 'SIGTERM']);
  send('SIGINT');
  expect(state()).toEqual([true, true, 'SIGTERM']);
  send('SIGHUP');
  expect(told).toEqual([
    ['SIGTERM', false],
    ['SIGINT', true],
  ]);
});

test.each([
  ['EPIPE', 'SIGPIPE', 'stopped by SIGPIPE'],
  ['ENOSPC', undefined, 'stopped by a failed write to stdout (ENOSPC)'],
])('output lost by %s', (code, received, message) => {
  const { interruption, told } = listening();
  interruption.outputLost(Object.assign(new Error('write'), { code }));
  expect(interruption.signal.reason).toMatchObject({ message });
  expect(interruption.received()).toBe(received);
  expect(told).toEqual([]);
});

test('output lost by a run that is being stopped changes nothing', () => {
  const { interruption, send } = listening();
  send('SIGINT');
  interruption.outputLost(Object.assign(new Error('write'), { code: 'EPIPE' }));
  expect(interruption.received()).toBe('SIGINT');
  expect(interruption.hurry.aborted).toBe(false);
});

test('after its end it listens no more', () => {
  const { interruption, listeners } = listening();
  expect(listeners.size).toBe(3);
  interruption[Symbol.dispose]();
  expect(listeners.size).toBe(0);
});
