import { describe, expect, test } from 'vitest';
import type { CallRequest } from '../../../src/core/call.ts';
import { failure, NO_USAGE, type Outcome } from '../../../src/core/outcome.ts';
import { CallSkipped, type Lease, type SlotSource } from '../../../src/core/ports.ts';
import type { RunEvent } from '../../../src/core/progress.ts';
import type { RunCaps } from '../../../src/core/run.ts';
import { LocalPool } from '../../../src/pool/local-pool.ts';
import { newRunState } from '../../../src/pool/run-state.ts';
import type { JournalRecord } from '../../../src/wire/records/record.ts';
import { callAgent } from '../../../src/workflow/call-agent.ts';
import { FakeBackend } from '../../support/agents/fake-backend.ts';
import { reply, request, tokens } from '../../support/calls.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function setUp(caps: Partial<RunCaps> = {}, commit: () => Promise<void> = async () => undefined) {
  const clock = new ManualClock();
  const backend = new FakeBackend();
  const events: RunEvent[] = [];
  const warnings: string[] = [];
  const records: JournalRecord[] = [];
  const sink = { append: (record: JournalRecord) => void records.push(record), commit };
  const pool = new LocalPool(
    newRunState({ concurrency: 2, agents: 1000, outputTokens: null, ...caps }),
    sink,
    clock,
  );
  const deps = {
    pool,
    backend,
    clock,
    progress: (event: RunEvent) => void events.push(event),
    warn: (message: string) => void warnings.push(message),
  };
  const abort = new AbortController();
  const call = (over: Partial<CallRequest>) => callAgent(request(over), deps, abort.signal);
  return { backend, events, warnings, deps, abort, call };
}

test('the third agent waits for a place', async () => {
  const { backend, call } = setUp();
  const all = ['a', 'b', 'c'].map((prompt) => call({ prompt }));
  const [first, second] = await backend.started(2);
  expect(backend.prompts()).toEqual(['a', 'b']);
  first?.end(reply('A'));
  const [, , third] = await backend.started(3); // could start only because the first ended
  second?.end(reply('B'));
  third?.end(reply('C'));
  expect((await Promise.all(all)).map((settled) => settled.kind)).toEqual(['settled', 'settled', 'settled']);
});

test('an agent that a hard cap stops is to its caller as one that the cap refused', async () => {
  const { backend, events, call } = setUp({ outputTokens: 10, hard: true });
  const all = [call({ prompt: 'a' }), call({ prompt: 'b' })];
  const [first] = await backend.started(2);
  first?.end(reply('A', tokens(10)));
  expect(await all[1]).toMatchObject({ outcome: { reason: 'stopped' }, cappedBy: { cap: 'tokens' } });
  expect(events.at(-1)).toMatchObject({ type: 'call_settled', end: 'stopped', cappedBy: { cap: 'tokens' } });
});

test('is told from the queue to its end', async () => {
  const { backend, events, call } = setUp();
  const settled = call({ prompt: 'a', phase: 'P' });
  const [agent] = await backend.started(1);
  const soFar = { usage: NO_USAGE, model: 'opus-5' };
  agent?.watch.activity({ kind: 'tool', tool: 'Read' }, soFar);
  agent?.end(reply('A', tokens(7)));
  await settled;
  expect(events).toMatchObject([
    { type: 'call_queued', call: 1, label: 'a', phase: 'P' },
    { type: 'call_started', call: 1 },
    { type: 'call_activity', call: 1, activity: { kind: 'tool', tool: 'Read' }, soFar },
    { type: 'call_settled', call: 1, end: 'reply', summary: 'A', usage: { outputTokens: 7 } },
  ]);
});

test('the script hears of an outcome only when it is on the disk', async () => {
  let synced = (): void => undefined;
  const disk = new Promise<void>((resolve) => {
    synced = resolve;
  });
  const { backend, events, call } = setUp({ concurrency: 1 }, () => disk);
  const settled = call({ prompt: 'a' });
  const [agent] = await backend.started(1);
  agent?.end(reply('A'));
  void call({ prompt: 'b' });
  await backend.started(2); // the place is free: the agent is gone, only the disk is waited for
  expect(events.filter((event) => event.type === 'call_settled')).toEqual([]);
  synced();
  expect(await settled).toMatchObject({ kind: 'settled', outcome: { text: 'A' } });
});

test('a journal that cannot be written is no outcome', async () => {
  const { backend, call } = setUp({}, () => Promise.reject(new Error('disk full')));
  const settled = call({ prompt: 'a' });
  const [agent] = await backend.started(1);
  agent?.end(reply('A'));
  await expect(settled).rejects.toThrow('disk full');
});

describe('a stop', () => {
  test('ends waiting calls without starting them, and running ones through their backend', async () => {
    const { backend, abort, call } = setUp({ concurrency: 1 });
    const all = ['a', 'b'].map((prompt) => call({ prompt }));
    await backend.started(1);
    abort.abort(new Error('enough'));
    const ends = await Promise.all(all);
    expect(ends).toMatchObject([
      { outcome: { reason: 'stopped', message: 'stopped' } },
      { outcome: { reason: 'stopped', message: 'stopped before it started' } },
    ]);
    expect(backend.prompts()).toEqual(['a']);
  });
});

describe('a cap', () => {
  test('refuses at the door', async () => {
    const { events, backend, call } = setUp({ agents: 1 });
    void call({ prompt: 'a' });
    await backend.started(1);
    expect(await call({ prompt: 'b' })).toMatchObject({ kind: 'refused', cap: 'agents' });
    expect(events.at(-1)).toMatchObject({ type: 'call_refused', label: 'b', call: undefined });
  });

  test('refuses a call that had queued, under its number', async () => {
    const { events, backend, call } = setUp({ concurrency: 1, outputTokens: 10 });
    const all = ['a', 'b'].map((prompt) => call({ prompt }));
    const [agent] = await backend.started(1);
    agent?.end(reply('A', tokens(10)));
    expect((await Promise.all(all))[1]).toMatchObject({ kind: 'refused', cap: 'tokens' });
    expect(events.at(-1)).toMatchObject({ type: 'call_refused', label: 'b', call: 2 });
  });
});

test('what an agent’s backend warns of is told', async () => {
  const { backend, call, warnings } = setUp();
  const settled = call({ prompt: 'a' });
  const [agent] = await backend.started(1);
  agent?.watch.warn('the disk is nearly full');
  agent?.end(reply('A'));
  expect(await settled).toMatchObject({ outcome: { text: 'A' } });
  expect(warnings).toEqual(['the disk is nearly full']);
});

test('a failure is an outcome like any other', async () => {
  const { backend, events, call } = setUp();
  const settled = call({ prompt: 'a' });
  const [agent] = await backend.started(1);
  agent?.end(failure('exit', 'ended with 3'));
  expect(await settled).toMatchObject({ outcome: { kind: 'failure', reason: 'exit' } });
  expect(events.at(-1)).toMatchObject({ type: 'call_settled', end: 'exit', summary: 'ended with 3' });
});

/** A pool that answers as the test says. */
function told(answers: ('again' | 'settled')[], stop?: AbortSignal) {
  const settled: Outcome[] = [];
  const lease = (): Lease => ({
    ticket: undefined,
    stop,
    runs: () => {},
    pressed: () => {},
    settle: async (outcome) => {
      settled.push(outcome);
      return answers.shift() ?? 'settled';
    },
    [Symbol.asyncDispose]: async () => {},
  });
  const pool: SlotSource = {
    request: async (asked) => {
      const { contentHash: _, promptHash: __, askedModel: ___, ...content } = asked;
      const call = { ...content, id: 1, key: 'k', occurrence: 1 };
      return { kind: 'queued', call, place: async () => ({ kind: 'leased', lease: lease() }) };
    },
  };
  return { pool, settled };
}

test('put back by the pool, a call asks for a place again, and is told as such', async () => {
  const { backend, events, deps, abort } = setUp();
  const { pool } = told(['again', 'settled']);
  const settled = callAgent(request({ prompt: 'a' }), { ...deps, pool }, abort.signal);
  (await backend.started(1))[0]?.end(failure('api-error', 'API Error: 529', { ...tokens(3) }));
  (await backend.started(2))[1]?.end(reply('A'));
  expect(await settled).toMatchObject({ outcome: { text: 'A' } });
  expect(events.map(({ type }) => type)).toEqual([
    'call_queued',
    'call_started',
    'call_put_back',
    'call_started',
    'call_settled',
  ]);
  expect(events[2]).toMatchObject({ summary: 'API Error: 529', usage: { outputTokens: 3 } });
});

test.each([
  ['who had begun goes on with its session', 'idle', 'text', {}, 's-1'],
  ['who never spoke begins anew', 'idle', 'retry', {}, undefined],
  [
    'in a working tree of its own: that is another one now',
    'idle',
    'text',
    { isolation: 'worktree' },
    undefined,
  ],
  ['put back for another cause', 'stopped', 'text', {}, undefined],
] as const)('an agent that hung: %s', async (_name, reason, kind, over, session) => {
  const { backend, deps, abort } = setUp();
  const { pool } = told(['again', 'settled']);
  const settled = callAgent(request({ prompt: 'a', ...over }), { ...deps, pool }, abort.signal);
  const [first] = await backend.started(1);
  expect(first?.watch.session).toBeUndefined();
  first?.watch.activity(kind === 'text' ? { kind } : { kind, attempt: 1, delayMs: 1, status: 529 });
  first?.end(failure(reason, 'nothing came from it', { sessionId: 's-1' }));
  const [, second] = await backend.started(2);
  expect(second?.watch.session).toBe(session);
  second?.end(reply('A'));
  await settled;
});

test('what a person skipped is told apart from what was stopped', async () => {
  const { backend, deps, abort } = setUp();
  const stop = new AbortController();
  const { pool, settled } = told([], stop.signal);
  const asked = callAgent(request({ prompt: 'a' }), { ...deps, pool }, abort.signal);
  const [agent] = await backend.started(1);
  stop.abort(new CallSkipped('skipped by ada'));
  agent?.end(failure('stopped', 'ended by us'));
  expect(await asked).toMatchObject({ outcome: { reason: 'skipped', message: 'skipped by ada' } });
  expect(settled).toMatchObject([{ reason: 'skipped' }]);
});

test('skipped while it waits, it never starts', async () => {
  const { backend, deps, abort } = setUp();
  const pool: SlotSource = {
    request: async (asked) => {
      const admission = await told([]).pool.request(asked);
      if (admission.kind !== 'queued') return admission;
      return { ...admission, place: () => Promise.reject(new CallSkipped('skipped by ada')) };
    },
  };
  const asked = await callAgent(request({ prompt: 'a' }), { ...deps, pool }, abort.signal);
  expect(asked).toMatchObject({ kind: 'settled', outcome: { reason: 'skipped' } });
  expect(backend.prompts()).toEqual([]);
});
