/** What others wrote into a queue: nothing of it reaches this host but what a job may say. */
import { expect, test } from 'vitest';
import { decodeJob, decodeNews, decodeResult } from '../../../../src/wire/queue/queue-job.ts';
import { SETTINGS, said } from '../../../support/queue/queue-rig.ts';

const call = { id: 1, key: 'k-1', occurrence: 1, prompt: 'p', label: 'l' };
const job = { format: 1, token: 't', runId: 'r', call, settings: SETTINGS };

function deep(levels: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
}

test('a job’s settings cannot add flags to the agent’s command line, nor anything else that holds for runs of this host', () => {
  const session = { sessionId: 's', flags: ['--dangerously-skip-permissions'], unkept: [] };
  const forged = {
    ...job,
    settings: { ...SETTINGS, session, caps: {} },
    call: { ...call, more: 1 },
    more: 1,
  };
  expect(decodeJob(forged)).toEqual({ kind: 'good', value: job });
});

test('a job keeps all that it may say', () => {
  const tree = {
    commit: 'a'.repeat(40),
    prefix: 'sub/',
    source: { kind: 'pack', history: 'whole', sha256: 'b'.repeat(64), bytes: 1 },
  };
  const wishes = {
    phase: 'p',
    workflow: 'w',
    schema: { type: 'object', properties: { x: {} } },
    model: 'm',
    effort: 'low',
    isolation: 'worktree',
    agentType: 'a',
  };
  const whole = { ...job, budgetUsd: 1, tree, call: { ...call, ...wishes } };
  expect(decodeJob(whole)).toEqual({ kind: 'good', value: whole });
});

test.each([
  [
    'a schema that nobody could write down again',
    { ...job, call: { ...call, schema: deep(1000) } },
    'levels',
  ],
  ['a model that no command line holds', { ...job, call: { ...call, model: 'a\0b' } }, 'call.model'],
  ['a token as long as a book', { ...job, token: 't'.repeat(201) }, 'token'],
])('%s is refused', (_what, forged, word) => {
  expect(decodeJob(forged)).toEqual({ kind: 'bad', problem: expect.stringContaining(word) });
});

test('a result with a value that nobody could write down again is refused', () => {
  const result = { token: 't', host: 'h', outcome: { ...said('x'), structured: deep(1000) } };
  expect(decodeResult(result)).toMatchObject({ kind: 'bad' });
  expect(decodeResult({ ...result, outcome: { ...said('x'), structured: deep(900) } })).toMatchObject({
    kind: 'good',
  });
});

test.each([
  ['costUsd', { costUsd: -1 }],
  [
    'outputTokens',
    { usage: { inputTokens: 1, outputTokens: -1, cacheReadTokens: 0, cacheCreationTokens: 0 } },
  ],
])('a result that gives %s back to the run’s budget is refused', (what, spent) => {
  const told = { token: 't', host: 'h', outcome: { ...said('x'), ...spent } };
  expect(decodeResult(told)).toEqual({ kind: 'bad', problem: expect.stringContaining(what) });
});

test('news that say more than any host does are refused: each warning is a line of the journal', () => {
  const told = (count: number) => ({
    token: 't',
    host: 'h',
    pressures: [],
    warnings: Array.from({ length: count }, (_, at) => ({ number: at + 1, text: 'w' })),
  });
  expect(decodeNews(told(20)).kind).toBe('good');
  expect(decodeNews(told(21)).kind).toBe('bad');
});
