/** The loop of a map on agents that end when the test says so. */
import { describe, expect, test } from 'vitest';
import { failure } from '../../../../src/core/outcome.ts';
import type { RunCaps } from '../../../../src/core/run.ts';
import { LocalPool } from '../../../../src/pool/local-pool.ts';
import { newRunState } from '../../../../src/pool/run-state.ts';
import type { ItemResult } from '../../../../src/workflow/map/ask-item.ts';
import type { HaltRule } from '../../../../src/workflow/map/halt-rule.ts';
import type { MapItem } from '../../../../src/workflow/map/map-item.ts';
import { MapTemplate } from '../../../../src/workflow/map/map-template.ts';
import { type MapPlan, runMap } from '../../../../src/workflow/map/run-map.ts';
import { FakeBackend } from '../../../support/agents/fake-backend.ts';
import { reply, request, tokens } from '../../../support/calls.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

interface Started {
  readonly caps?: Partial<RunCaps>;
  readonly plan?: Partial<MapPlan>;
  readonly items?: number;
  readonly emit?: (result: ItemResult) => Promise<void>;
  readonly commit?: () => Promise<void>;
}

const BAD = failure('agent-error', 'no');

function start({ caps = {}, plan = {}, items = 1000, emit, commit = async () => {} }: Started) {
  const clock = new ManualClock();
  const backend = new FakeBackend();
  const all: RunCaps = { concurrency: 2, agents: 1000, outputTokens: null, ...caps };
  const pool = new LocalPool(newRunState(all), { append: () => {}, commit }, clock);
  const told: string[] = [];
  const read = { count: 0, isClosed: false };
  async function* source(signal: AbortSignal): AsyncGenerator<MapItem> {
    try {
      for (let seq = 1; seq <= items && !signal.aborted; seq++) {
        read.count = seq;
        const problem = seq === 4 && items === 5 ? 'item 4 is odd' : undefined;
        yield { seq, text: `i${seq}`, input: `i${seq}`, fields: undefined, problem };
      }
    } finally {
      read.isClosed = true;
    }
  }
  const stop = new AbortController();
  const ended = runMap(
    source,
    {
      template: MapTemplate.parse('', false),
      requestFor: ({ text }, prompt) => request({ prompt, label: text }),
      concurrency: all.concurrency,
      keepOrder: false,
      tries: 1,
      halt: undefined,
      ...plan,
    },
    {
      pool,
      backend,
      clock,
      progress: () => {},
      warn: () => {},
      counted: () => {},
      emit: async (result) => {
        await emit?.(result);
        const { end, item } = result;
        const how =
          end.kind === 'unfit' ? 'unfit' : end.outcome.kind === 'reply' ? '' : ` ${end.outcome.reason}`;
        told.push(`${item.text}${how}`);
      },
    },
    stop.signal,
  );
  return { backend, told, read, ended, stop };
}

async function agent(backend: FakeBackend, number: number) {
  const agents = await backend.started(number);
  const found = agents[number - 1];
  if (found === undefined) throw new Error(`no agent ${number}`);
  return found;
}

/** Lets everything happen that needs no agent. */
async function calm(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

test('every item comes to an end, as the agents do', async () => {
  const { backend, told, ended, read } = start({ items: 3 });
  (await agent(backend, 2)).end(reply('b'));
  (await agent(backend, 3)).end(BAD);
  (await agent(backend, 1)).end(reply('a'));
  expect(await ended).toMatchObject({ why: 'input-ended', counts: { read: 3, replied: 2, failed: 1 } });
  expect(told).toEqual(['i2', 'i3 agent-error', 'i1']);
  expect(read.isClosed).toBe(true);
});

test('an item that cannot be asked costs no agent and fails', async () => {
  const { backend, told, ended } = start({ items: 5, plan: { keepOrder: true } });
  for (const number of [1, 2, 3, 4]) (await agent(backend, number)).end(reply(''));
  expect(await ended).toMatchObject({ counts: { read: 5, replied: 4, failed: 1 } });
  expect(told).toEqual(['i1', 'i2', 'i3', 'i4unfit', 'i5']);
  expect(backend.agents).toHaveLength(4);
});

describe('reads no further than there is room', () => {
  test('while agents work', async () => {
    const { backend, read, stop, ended } = start({});
    await backend.started(2);
    await calm();
    expect(read.count).toBe(2);
    (await agent(backend, 1)).end(reply('a'));
    await backend.started(3);
    await calm();
    expect(read.count).toBe(3);
    stop.abort(new Error('enough'));
    await ended;
  });

  test('while the reader of the output takes its time', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { backend, read, ended, told } = start({ items: 6, emit: () => gate });
    for (let round = 0; round < 10; round++) {
      for (const { end } of backend.agents) end(reply(''));
      await calm();
    }
    // Two wait for the reader, and two ran while they began to.
    expect(read.count).toBeLessThanOrEqual(4);
    release();
    for (const number of [1, 2, 3, 4, 5, 6]) (await agent(backend, number)).end(reply(''));
    await ended;
    expect(told).toHaveLength(6);
  });

  test('with the order kept, while the first item takes its time', async () => {
    const { backend, read, ended, told } = start({ items: 300, plan: { keepOrder: true } });
    for (let number = 2; number <= 101; number++) (await agent(backend, number)).end(reply(''));
    await calm();
    expect(read.count).toBe(101);
    expect(told).toEqual([]);
    (await agent(backend, 1)).end(reply(''));
    for (let number = 102; number <= 300; number++) (await agent(backend, number)).end(reply(''));
    await ended;
    expect(told).toEqual(Array.from({ length: 300 }, (_, at) => `i${at + 1}`));
  });
});

describe('tries', () => {
  test('until one goes well, and told once', async () => {
    const { backend, told, ended } = start({ items: 1, plan: { tries: 3 } });
    (await agent(backend, 1)).end(BAD);
    (await agent(backend, 2)).end(reply('at last'));
    expect(await ended).toMatchObject({ counts: { replied: 1, failed: 0 } });
    expect(told).toEqual(['i1']);
    expect(new Set(backend.agents.map(({ call }) => call.key)).size).toBe(2);
  });

  test('so many in all, and no more', async () => {
    const { backend, told, ended } = start({ items: 1, plan: { tries: 2 } });
    (await agent(backend, 1)).end(BAD);
    (await agent(backend, 2)).end(BAD);
    expect(await ended).toMatchObject({ counts: { replied: 0, failed: 1 } });
    expect(told).toEqual(['i1 agent-error']);
  });

  test('a cap between two tries leaves the failure', async () => {
    const { backend, told, ended } = start({ items: 1, caps: { agents: 1 }, plan: { tries: 2 } });
    (await agent(backend, 1)).end(BAD);
    expect(await ended).toMatchObject({ counts: { failed: 1, unrun: 0 } });
    expect(told).toEqual(['i1 agent-error']);
  });
});

test('an item that a person passed over is tried no more, and did not fail', async () => {
  const { backend, ended } = start({ items: 1, plan: { tries: 3 } });
  (await agent(backend, 1)).end(failure('skipped', 'skipped by ada'));
  expect(await ended).toMatchObject({ counts: { failed: 0, skipped: 1 } });
  expect(backend.agents).toHaveLength(1);
});

describe('ends early', () => {
  test('at a cap: what runs is through, nothing is made up for the rest', async () => {
    const { backend, told, ended, read } = start({ caps: { agents: 2, concurrency: 3 } });
    await backend.started(2);
    await calm();
    (await agent(backend, 1)).end(reply(''));
    (await agent(backend, 2)).end(reply(''));
    expect(await ended).toMatchObject({ why: 'capped', counts: { read: 3, replied: 2, unrun: 1 } });
    expect(told).toEqual(['i1', 'i2']);
    expect(read.count).toBe(3);
  });

  test('after as many agents as there may be, also where the last of them still waited', async () => {
    const { backend, told, ended } = start({ caps: { agents: 2, concurrency: 1 }, plan: { concurrency: 3 } });
    (await agent(backend, 1)).end(reply(''));
    await backend.started(2);
    (await agent(backend, 2)).end(reply(''));
    expect(await ended).toMatchObject({ why: 'capped', counts: { replied: 2, unrun: 1, stopped: 0 } });
    expect(told).toEqual(['i1', 'i2']);
  });

  test('at a budget', async () => {
    const { backend, ended } = start({ caps: { outputTokens: 10, concurrency: 1 } });
    (await agent(backend, 1)).end(reply('', tokens(10)));
    expect(await ended).toMatchObject({ why: 'capped', counts: { replied: 1, unrun: 1 } });
    expect(backend.agents).toHaveLength(1);
  });

  test.each([
    ['soon', ['i1 agent-error', 'i2'], { replied: 1, failed: 1, stopped: 0 }],
    ['now', ['i1 agent-error', 'i2 stopped'], { replied: 0, failed: 1, stopped: 1 }],
  ] as const)('by --halt %s,fail=1', async (when, expected, counts) => {
    const halt: HaltRule = { when, what: 'fail', limit: { kind: 'count', count: 1 } };
    const { backend, told, ended } = start({ plan: { halt } });
    await backend.started(2);
    (await agent(backend, 1)).end(BAD);
    await calm();
    (await agent(backend, 2)).end(reply(''));
    expect(await ended).toMatchObject({ why: 'halted', counts });
    expect(told).toEqual(expected);
    expect(backend.agents).toHaveLength(2);
  });

  test('`soon` drops what only waits for a place', async () => {
    const halt: HaltRule = { when: 'soon', what: 'done', limit: { kind: 'count', count: 1 } };
    // The pool has one place, the map would take three.
    const { backend, told, ended } = start({ caps: { concurrency: 1 }, plan: { halt, concurrency: 3 } });
    (await agent(backend, 1)).end(reply(''));
    await calm();
    for (const { end } of backend.agents) end(reply(''));
    await ended;
    expect(told.length).toBeLessThanOrEqual(2);
    expect(backend.agents.length).toBeLessThanOrEqual(2);
  });

  test('by a stop: agents are ended, and told', async () => {
    const { backend, told, ended, stop, read } = start({});
    await backend.started(2);
    stop.abort(new Error('stopped by SIGINT'));
    expect(await ended).toMatchObject({ why: 'stopped', counts: { stopped: 2, failed: 0 } });
    expect(told).toEqual(['i1 stopped', 'i2 stopped']);
    expect(read.isClosed).toBe(true);
  });

  test('when somebody stopped the run from elsewhere', async () => {
    const { backend, ended } = start({});
    await backend.started(2);
    (await agent(backend, 1)).end(failure('stopped', 'stopped'));
    expect(await ended).toMatchObject({ why: 'stopped', counts: { stopped: 2 } });
  });

  test('by output that cannot be written', async () => {
    const emit = () => Promise.reject(new Error('disk full'));
    const { backend, ended } = start({ emit });
    (await agent(backend, 1)).end(reply(''));
    await expect(ended).rejects.toThrow('disk full');
  });

  test('by a journal that cannot be written: nothing is claimed', async () => {
    const commit = () => Promise.reject(new Error('journal broken'));
    const { backend, ended, told } = start({ commit });
    (await agent(backend, 1)).end(reply(''));
    await expect(ended).rejects.toThrow('journal broken');
    expect(told).toEqual([]);
  });
});
