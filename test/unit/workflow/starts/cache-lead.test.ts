import { expect, test } from 'vitest';
import type { CallRequest } from '../../../../src/core/call.ts';
import { failure } from '../../../../src/core/outcome.ts';
import type { AgentWatch, Lease, SlotSource } from '../../../../src/core/ports.ts';
import { callAgent } from '../../../../src/workflow/call-agent.ts';
import { spreadStarts } from '../../../../src/workflow/starts/spread-starts.ts';
import { FakeBackend } from '../../../support/agents/fake-backend.ts';
import { agentCall, reply, request } from '../../../support/calls.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function lease(): Lease {
  return {
    ticket: undefined,
    stop: undefined,
    runs: () => {},
    pressed: () => {},
    settle: async () => 'settled',
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A pool with room for all. */
const room: SlotSource = {
  request: async (asked) => ({
    kind: 'queued',
    call: agentCall(asked),
    place: async () => ({ kind: 'leased', lease: lease() }),
  }),
};

function started(delay: number | 'auto' = 'auto') {
  const clock = new ManualClock();
  const backend = new FakeBackend();
  const starts = spreadStarts({ pool: room, backend }, delay, clock);
  const stop = new AbortController();
  const deps = { ...starts, clock, progress: () => {}, warn: () => {} };
  return {
    clock,
    backend,
    stop,
    call: (over: Partial<CallRequest> = {}) => callAgent(request(over), deps, stop.signal),
  };
}

const ANSWERS = { kind: 'text' } as const;
const RETRIES = { kind: 'retry', attempt: 1, delayMs: 1, status: 529 } as const;
const at = (backend: FakeBackend, index: number): AgentWatch => {
  const agent = backend.agents[index];
  if (agent === undefined) throw new Error('no such agent');
  return agent.watch;
};

test('the first of each kind goes ahead until it is answered, then all start', async () => {
  const { clock, backend, call } = started();
  void call({ prompt: 'a' });
  void call({ prompt: 'b' });
  void call({ prompt: 'c', model: 'haiku' });
  void call({ prompt: 'd', schema: { type: 'object' } });
  await clock.timerSet(30_000);
  await backend.started(3);
  expect(backend.prompts()).toEqual(['a', 'c', 'd']);
  at(backend, 0).activity(RETRIES);
  expect(clock.pending).toEqual([30_000]);
  at(backend, 0).activity(ANSWERS);
  await backend.started(4);
  void call({ prompt: 'e' });
  await backend.started(5);
  expect(backend.prompts()).toEqual(['a', 'c', 'd', 'b', 'e']);
  expect(clock.pending).toEqual([]);
});

test('one that ends without an answer keeps nobody waiting', async () => {
  const { clock, backend, call } = started();
  void call({ prompt: 'a' });
  void call({ prompt: 'b' });
  await clock.timerSet(30_000);
  (await backend.started(1))[0]?.end(failure('spawn-failed', 'no'));
  await backend.started(2);
});

test('nobody waits for ever, and an abort ends the waiting', async () => {
  const { clock, backend, call, stop } = started();
  void call({ prompt: 'a' });
  void call({ prompt: 'b' });
  await clock.timerSet(30_000);
  await backend.started(1);
  clock.advance(30_000);
  await backend.started(2);
  const late = call({ prompt: 'c' });
  await clock.timerSet(30_000);
  stop.abort(new Error('enough'));
  expect(await late).toMatchObject({ outcome: { reason: 'stopped' } });
  expect(clock.pending).toEqual([]);
});

test('what nobody read for minutes is forgotten, and one goes ahead again', async () => {
  const { clock, backend, call } = started();
  const first = call({ prompt: 'a' });
  (await backend.started(1))[0]?.end(reply('A'));
  await first;
  clock.advance(6 * 60_000);
  void call({ prompt: 'b' });
  void call({ prompt: 'c' });
  await clock.timerSet(30_000);
  await backend.started(2);
  expect(backend.prompts()).toEqual(['a', 'b']);
});

test('seconds keep starts apart, and 0 does not', async () => {
  const apart = started(2000);
  void apart.call({ prompt: 'a' });
  void apart.call({ prompt: 'b' });
  await apart.clock.timerSet(2000);
  await apart.backend.started(1);
  expect(apart.backend.prompts()).toEqual(['a']);
  const close = started(0);
  void close.call({ prompt: 'a' });
  void close.call({ prompt: 'b' });
  await close.backend.started(2);
});
