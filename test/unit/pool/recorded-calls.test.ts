import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failure, type Outcome } from '../../../src/core/outcome.ts';
import type { RunCaps } from '../../../src/core/run.ts';
import { LocalPool } from '../../../src/pool/local-pool.ts';
import { recordedCalls } from '../../../src/pool/recorded-calls.ts';
import { newRunState, type Reuse } from '../../../src/pool/run-state.ts';
import { type JournalRecord, startedRecord } from '../../../src/wire/records/record.ts';
import { agentCall, reply, request, tokens } from '../../support/calls.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { DESCRIPTION } from '../../support/runs/run-description.ts';

const CAPS: RunCaps = { concurrency: 100, agents: 1000, outputTokens: null };

function attempt(number: number, rehearsal = false): JournalRecord {
  return {
    type: 'attempt',
    attempt: number,
    agent: 'a',
    rehearsal,
    script: 'script.js',
    args: undefined,
    options: DESCRIPTION.options,
    pid: 1,
    at: 0,
  };
}

function ran(
  id: number,
  prompt: string,
  occurrence: number,
  outcome: Outcome,
  inAttempt = 1,
): JournalRecord[] {
  const key = `v1:hash of ${prompt}:${occurrence}`;
  const call = agentCall({ id, prompt, key });
  return [
    startedRecord(call, inAttempt, 0),
    { type: 'outcome', call: id, key, outcome, durationMs: 1, attempt: inAttempt, at: 1 },
  ];
}

/** Asks for the prompts in turn; a replayed one is its text, one that has to run is `run`. */
async function resumed(
  records: readonly JournalRecord[],
  prompts: readonly string[],
  { rehearsal = false, reuse = 'content' as Reuse, caps = CAPS } = {},
) {
  const seen: JournalRecord[] = [];
  const sink = { append: (record: JournalRecord) => void seen.push(record), commit: async () => undefined };
  const state = newRunState(caps, recordedCalls(records, rehearsal), reuse);
  const pool = new LocalPool(state, sink, new ManualClock());
  const answers: string[] = [];
  for (const prompt of prompts) {
    const admission = await pool.request(request({ prompt }));
    if (admission.kind === 'replayed' && admission.outcome.kind === 'reply')
      answers.push(admission.outcome.text);
    else answers.push(admission.kind === 'queued' ? `run ${admission.call.id}` : admission.kind);
  }
  return { answers, seen };
}

const THREE = [
  attempt(1),
  ...ran(1, 'a', 1, reply('A')),
  ...ran(2, 'b', 1, failure('api-error', 'no')),
  ...ran(3, 'c', 1, reply('C')),
];

test('good ends are reused whatever order things start in; the rest runs under new numbers', async () => {
  expect((await resumed(THREE, ['c', 'b', 'a', 'd'])).answers).toEqual(['C', 'run 4', 'A', 'run 5']);
});

test('a call that started and never settled runs again', async () => {
  const cut = [attempt(1), startedRecord(agentCall({ id: 1, prompt: 'a' }), 1, 0)];
  expect((await resumed(cut, ['a'])).answers).toEqual(['run 2']);
});

test('three identical calls, two of them finished: one runs', async () => {
  const two = [attempt(1), ...ran(1, 'same', 1, reply('one')), ...ran(2, 'same', 2, reply('two'))];
  expect((await resumed(two, ['same', 'same', 'same'])).answers).toEqual(['one', 'two', 'run 3']);
});

test('a reply that a retry brought answers the first time its content is asked for', async () => {
  const retried = [
    attempt(1),
    ...ran(1, 'plan', 1, failure('api-error', 'no')),
    ...ran(2, 'plan', 2, reply('the plan')),
  ];
  const { answers } = await resumed(retried, ['plan', 'plan']);
  expect(answers).toEqual(['the plan', 'run 3']);
});

test('a call that runs again stands beside the recorded ones, so that a third attempt finds both', async () => {
  const retried = [
    attempt(1),
    ...ran(1, 'a', 1, failure('api-error', 'no')),
    ...ran(2, 'a', 2, reply('one')),
  ];
  const second = await resumed(retried, ['a', 'a']);
  expect(second.answers).toEqual(['one', 'run 3']);
  const third = [...retried, attempt(2), ...ran(3, 'a', 3, reply('two'), 2)];
  expect((await resumed(third, ['a', 'a'])).answers).toEqual(['one', 'two']);
});

test('without reuse a call replaces what was recorded of it', async () => {
  const twice = [attempt(1), ...ran(1, 'a', 1, reply('old')), attempt(2), ...ran(2, 'a', 1, reply('new'), 2)];
  expect((await resumed(twice, ['a', 'a'])).answers).toEqual(['new', 'run 3']);
});

test('prefix: nothing after the first miss is reused', async () => {
  const { answers } = await resumed(THREE, ['a', 'new', 'c'], { reuse: 'prefix' });
  expect(answers).toEqual(['A', 'run 4', 'run 5']);
});

test('none: everything runs', async () => {
  expect((await resumed(THREE, ['a', 'c'], { reuse: 'none' })).answers).toEqual(['run 4', 'run 5']);
});

test('samples answer rehearsals only, and real replies real runs only', async () => {
  const both = [
    attempt(1, true),
    ...ran(1, 'a', 1, reply('sample')),
    attempt(2),
    ...ran(2, 'b', 1, reply('real'), 2),
  ];
  expect((await resumed(both, ['a', 'b'])).answers).toEqual(['run 3', 'real']);
  expect((await resumed(both, ['a', 'b'], { rehearsal: true })).answers).toEqual(['sample', 'run 3']);
});

test('a replay is recorded under the number of the call that answered it', async () => {
  const { seen } = await resumed(THREE, ['c']);
  expect(seen).toMatchObject([{ type: 'replayed', call: 3, key: 'v1:hash of c:1', attempt: 2 }]);
});

test('tokens of earlier attempts count, replayed or lost, and a spent budget still hands out what was paid for', async () => {
  const records = [
    attempt(1),
    ...ran(1, 'a', 1, failure('exit', 'died', tokens(60) as Partial<Outcome>)),
    ...ran(2, 'b', 1, reply('B', tokens(40))),
  ];
  const caps = { ...CAPS, outputTokens: 100 };
  expect((await resumed(records, ['b', 'c', 'b'], { caps })).answers).toEqual(['B', 'refused', 'refused']);
  expect((await resumed(records, ['c', 'b'], { caps })).answers).toEqual(['run 3', 'B']);
});

test('a fan-out of 40, cut anywhere and started again in any order, runs exactly what had not finished', async () => {
  const prompts = Array.from({ length: 40 }, (_, n) => `item ${n}`);
  const shuffled = fc.shuffledSubarray(prompts, { minLength: prompts.length });
  const finished = fc.shuffledSubarray(prompts, { minLength: 25, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(shuffled, finished, async (order, done) => {
      const records = [attempt(1), ...done.flatMap((prompt, n) => ran(n + 1, prompt, 1, reply(prompt)))];
      const { answers } = await resumed(records, order);
      const again = order.filter((_prompt, n) => answers[n]?.startsWith('run '));
      expect(again.toSorted()).toEqual(prompts.filter((prompt) => !done.includes(prompt)).toSorted());
    }),
    { numRuns: 25 },
  );
});

test('identical calls that share a key, because a broker died between them, all answer', async () => {
  const twins = [attempt(1), ...ran(1, 'a', 1, reply('A1')), ...ran(2, 'a', 1, reply('A2'))];
  const { answers, seen } = await resumed(twins, ['a', 'a', 'a']);
  expect(answers).toEqual(['A1', 'A2', 'run 3']);
  const again = [...twins, attempt(2), ...seen];
  expect((await resumed(again, ['a', 'a', 'a'])).answers).toEqual(['A1', 'A2', 'run 3']);
  // Without reuse a later attempt's reply replaces them.
  const anew = [...twins, attempt(2), ...ran(3, 'a', 1, reply('A3'), 2)];
  expect((await resumed(anew, ['a', 'a'])).answers).toEqual(['A3', 'run 4']);
});
