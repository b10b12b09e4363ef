/** Which signal goes where. */
import { expect, test } from 'vitest';
import { agentGroup } from '../../../src/shim/agent-group.ts';
import { forwardSignals } from '../../../src/shim/forward-signals.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const US = 10;
const AGENT = 20;

function stage(ignored: readonly NodeJS.Signals[] = []) {
  const listeners = new Map<NodeJS.Signals, () => void>();
  const sent: string[] = [];
  const clock = new ManualClock();
  const program = {
    pid: US,
    clock,
    kill: (pid: number, signal: NodeJS.Signals | 0) => void sent.push(`${pid} ${signal}`),
    onSignal: (signal: NodeJS.Signals, listener: () => void) => {
      listeners.set(signal, listener);
      return () => void listeners.delete(signal);
    },
  };
  const signals = forwardSignals(program, ignored);
  return { listeners, sent, clock, signals, group: agentGroup(AGENT, program) };
}

test('each goes to the group of the program', () => {
  const { listeners, sent, signals, group } = stage();
  signals.to(group);
  for (const signal of [
    'SIGINT',
    'SIGTERM',
    'SIGHUP',
    'SIGQUIT',
    'SIGUSR1',
    'SIGUSR2',
    'SIGWINCH',
    'SIGCONT',
  ] as const) {
    listeners.get(signal)?.();
    expect(sent.pop()).toBe(`${-AGENT} ${signal}`);
  }
  expect(signals.has('SIGINT')).toBe(true);
});

test('one that comes before the program is there waits for it', () => {
  const { listeners, sent, signals, group } = stage();
  listeners.get('SIGTERM')?.();
  expect(sent).toEqual([]);
  signals.to(group);
  expect(sent).toEqual([`${-AGENT} SIGTERM`]);
});

test('one that came ignored is not listened for', () => {
  const { listeners } = stage(['SIGHUP', 'SIGTSTP']);
  expect(listeners.has('SIGHUP')).toBe(false);
  expect(listeners.has('SIGTSTP')).toBe(false);
  expect(listeners.has('SIGTERM')).toBe(true);
});

test('a stop: first the program, then we by the default effect; then both go on, and can be stopped again', () => {
  const { listeners, sent, signals, group, clock } = stage();
  signals.to(group);
  const stop = listeners.get('SIGTSTP');
  stop?.();
  expect(sent).toEqual([`${-AGENT} SIGSTOP`, `${US} SIGTSTP`]);
  expect(listeners.has('SIGTSTP')).toBe(false);
  clock.advance(20);
  expect(sent.at(-1)).toBe(`${-AGENT} SIGCONT`);
  expect(listeners.has('SIGTSTP')).toBe(true);
});
