/** Replies of another engine, known by prompt alone, against calls of ours. */
import { describe, expect, test } from 'vitest';
import type { CallRequest } from '../../../src/core/call.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { failure, type Reply } from '../../../src/core/outcome.ts';
import { DEFAULT_AGENT_CAP, type RunOptions } from '../../../src/core/run.ts';
import { LocalPool } from '../../../src/pool/local-pool.ts';
import { recordedCalls } from '../../../src/pool/recorded-calls.ts';
import { newRunState, type Reuse } from '../../../src/pool/run-state.ts';
import { type JournalRecord, type PromptMatch, startedRecord } from '../../../src/wire/records/record.ts';
import { agentCall, reply, request } from '../../support/calls.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const CAPS = { concurrency: 9, agents: DEFAULT_AGENT_CAP, outputTokens: null };

function attempt(number: number, rehearsal = false): JournalRecord {
  const options = {} as RunOptions;
  return {
    type: 'attempt',
    attempt: number,
    agent: 'a',
    rehearsal,
    script: 's',
    args: null,
    options,
    pid: 0,
    at: 0,
  };
}

function rescued(
  id: number,
  prompt: string,
  outcome: Reply,
  told: Partial<PromptMatch> = {},
): JournalRecord[] {
  const key = `claude:${id}`;
  const match = { by: 'prompt' as const, promptHash: `prompt hash of ${prompt}`, ...told };
  return [
    startedRecord(agentCall({ id, key, prompt }), 1, 0),
    { type: 'outcome', call: id, key, outcome, match, durationMs: 1, attempt: 1, at: 1 },
  ];
}

const SCHEMA: JsonObject = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };

function value(n: unknown): Reply {
  return reply(JSON.stringify({ n }), { structured: { n } as JsonObject });
}

/** Asks for all at once, as a fan-out does; answers in order: the text of a replay, or `run`. */
async function asked(
  records: readonly JournalRecord[],
  requests: readonly Partial<CallRequest>[],
  { reuse = 'content', rehearsal = false }: { readonly reuse?: Reuse; readonly rehearsal?: boolean } = {},
) {
  const seen: JournalRecord[] = [];
  const sink = { append: (record: JournalRecord) => void seen.push(record), commit: async () => undefined };
  const state = newRunState(CAPS, recordedCalls(records, rehearsal), reuse);
  const pool = new LocalPool(state, sink, new ManualClock());
  const admissions = await Promise.all(requests.map((one) => pool.request(request(one))));
  const answers = admissions.map((admission) => {
    if (admission.kind === 'replayed')
      return admission.outcome.kind === 'reply' ? admission.outcome.text : 'failed';
    return admission.kind === 'queued' ? `run ${admission.call.id}` : admission.kind;
  });
  return { answers, seen };
}

const P = { prompt: 'p' };

test('the prompt decides, whatever order things start in', async () => {
  const records = [attempt(1), ...rescued(1, 'a', reply('A')), ...rescued(2, 'b', reply('B'))];
  const { answers } = await asked(records, [{ prompt: 'c' }, { prompt: 'b' }, { prompt: 'a' }]);
  expect(answers).toEqual(['run 3', 'B', 'A']);
});

test('three identical calls, two finished: one runs', async () => {
  const records = [attempt(1), ...rescued(1, 'p', reply('one')), ...rescued(2, 'p', reply('two'))];
  expect((await asked(records, [P, P, P])).answers).toEqual(['one', 'two', 'run 3']);
});

describe('what else was told may object', () => {
  test.each<[string, Partial<PromptMatch>, Partial<CallRequest>, boolean]>([
    ['the alias the script named', { model: 'haiku' }, { askedModel: 'haiku' }, true],
    ['the id that an alias stands for', { model: 'claude-haiku-5' }, { askedModel: 'haiku' }, true],
    ['another model', { model: 'claude-opus-5' }, { askedModel: 'haiku' }, false],
    ['a default model, and none asked for', { model: 'claude-opus-5' }, {}, true],
    [
      'a model of the command line',
      { model: 'claude-opus-5' },
      { model: 'haiku', askedModel: undefined },
      true,
    ],
    ['a model that was not told', {}, { askedModel: 'haiku' }, true],
    ['the agent type', { agentType: 'Explore' }, { agentType: 'Explore' }, true],
    ['another agent type', { agentType: 'Explore' }, { agentType: 'Plan' }, false],
    ['an agent type, and none asked for', { agentType: 'Explore' }, {}, false],
    ['no agent type, and one asked for', { agentType: null }, { agentType: 'Plan' }, false],
    ['no agent type', { agentType: null }, {}, true],
    ['an agent type that was not told', {}, { agentType: 'Plan' }, true],
  ])('%s', async (_title, told, over, expected) => {
    const records = [attempt(1), ...rescued(1, 'p', reply('P'), told)];
    expect((await asked(records, [{ ...P, ...over }])).answers).toEqual([expected ? 'P' : 'run 2']);
  });

  test('a panel of models on one prompt: each gets its own answer', async () => {
    const records = [attempt(1), ...rescued(1, 'p', reply('H'), { model: 'haiku' })];
    const panel = ['opus', 'haiku', 'sonnet'].map((askedModel) => ({ ...P, askedModel }));
    expect((await asked(records, panel)).answers).toEqual(['run 2', 'H', 'run 3']);
  });
});

describe('values and schemas', () => {
  test.each<[string, Reply, Partial<CallRequest>, boolean]>([
    ['a value of the schema', value(1), { schema: SCHEMA }, true],
    ['a value of none', value('x'), { schema: SCHEMA }, false],
    ['a value, and no schema', value(1), {}, false],
    ['text, and a schema', reply('P'), { schema: SCHEMA }, false],
    ['a schema that is none', value(1), { schema: { type: 'string' } }, false],
  ])('%s', async (_title, outcome, over, expected) => {
    const records = [attempt(1), ...rescued(1, 'p', outcome)];
    expect((await asked(records, [{ ...P, ...over }])).answers).toEqual([expected ? outcome.text : 'run 2']);
  });

  test('the first that fits answers, and calls are numbered as they were made', async () => {
    const records = [attempt(1), ...rescued(1, 'p', value('x')), ...rescued(2, 'p', value(2))];
    const call = { ...P, schema: SCHEMA };
    const { answers } = await asked(records, [call, { prompt: 'q' }, call, { prompt: 'r' }]);
    expect(answers).toEqual(['{"n":2}', 'run 3', 'run 4', 'run 5']);
  });
});

test('a replay binds the reply to the whole content of the call it answered', async () => {
  const records = [attempt(1), ...rescued(1, 'p', reply('P'))];
  const { answers, seen } = await asked(records, [{ ...P, contentHash: 'with effort' }]);
  expect(answers).toEqual(['P']);
  const later = [...records, attempt(2), ...seen];
  expect((await asked(later, [P, { ...P, contentHash: 'with effort' }])).answers).toEqual(['run 2', 'P']);
});

test('a call that ran here is found by its key before a rescued one by its prompt', async () => {
  const key = 'v1:hash of p:1';
  const records: JournalRecord[] = [
    attempt(1),
    ...rescued(1, 'p', reply('theirs')),
    attempt(2),
    { type: 'outcome', call: 2, key, outcome: reply('ours'), durationMs: 1, attempt: 2, at: 2 },
  ];
  expect((await asked(records, [P, P])).answers).toEqual(['ours', 'theirs']);
});

test('failed ones run again, and what they spent counts', () => {
  const outcome = failure('api-error', 'no', { usage: { ...reply('').usage, outputTokens: 5 } });
  const match: PromptMatch = { by: 'prompt', promptHash: 'prompt hash of p' };
  const record: JournalRecord = {
    type: 'outcome',
    call: 1,
    key: 'k',
    outcome,
    match,
    durationMs: 1,
    attempt: 1,
    at: 1,
  };
  const { rescued: found, replies, lostTokens } = recordedCalls([attempt(1), record], false);
  expect([found.size, replies.size, lostTokens]).toEqual([0, 0, 5]);
});

test('rehearsals take none', async () => {
  const records = [attempt(1), ...rescued(1, 'p', reply('P'))];
  expect((await asked(records, [P], { rehearsal: true })).answers).toEqual(['run 2']);
});

test.each<[Reuse, string[]]>([
  ['content', ['A', 'run 3', 'B']],
  ['prefix', ['A', 'run 3', 'run 4']],
  ['none', ['run 3', 'run 4', 'run 5']],
])('--reuse %s', async (reuse, expected) => {
  const records = [attempt(1), ...rescued(1, 'a', reply('A')), ...rescued(2, 'b', reply('B'))];
  const prompts = ['a', 'new', 'b'].map((prompt) => ({ prompt }));
  expect((await asked(records, prompts, { reuse })).answers).toEqual(expected);
});
