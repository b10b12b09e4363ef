import { expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import { SessionReading } from '../../../../src/journal/claude-sessions/session-digest.ts';

const STAMP = { cwd: '/home/user/shop', gitBranch: 'main', entrypoint: 'cli', isSidechain: false };

const at = (minute: number) => `2026-11-01T10:${String(minute).padStart(2, '0')}:00.000Z`;

function said(text: string, over: JsonObject = {}): JsonObject {
  return { ...STAMP, type: 'user', message: { content: text }, timestamp: at(1), uuid: text, ...over };
}

function replied(id: string, outputTokens: number, content: readonly JsonObject[] = []): JsonObject {
  const usage = {
    input_tokens: 10,
    cache_creation_input_tokens: 5,
    cache_read_input_tokens: 100,
    output_tokens: outputTokens,
  };
  return {
    ...STAMP,
    type: 'assistant',
    timestamp: at(2),
    message: { id, model: 'opus', usage, content: [...content] },
  };
}

function answered(id: string, content: string, isError = true): JsonObject {
  return {
    ...STAMP,
    type: 'user',
    message: { content: [{ type: 'tool_result', tool_use_id: id, content, is_error: isError }] },
    toolUseResult: 'x',
  };
}

function digestOf(lines: readonly JsonObject[], seen = new Set<string>()) {
  const reading = new SessionReading(seen);
  for (const line of lines) reading.take(line);
  return reading;
}

test('facts of a session: who, where, when, and what it took', () => {
  const digest = digestOf([
    { type: 'summary', summary: 'Earlier talk' },
    said('fix it'),
    replied('m1', 1),
    // The same message again, as each of its blocks is a line: the last usage counts.
    replied('m1', 20),
    replied('m2', 7),
    { type: 'ai-title', aiTitle: 'First guess' },
    { type: 'ai-title', aiTitle: 'Fixing the shop' },
    { type: 'custom-title', customTitle: 'Shop' },
    { type: 'cost-state', totalCostUSD: 1.5 },
    { ...STAMP, type: 'system', subtype: 'compact_boundary', timestamp: at(30), gitBranch: 'fix' },
  ]);
  expect(digest).toMatchObject({
    titles: ['Earlier talk', 'Fixing the shop', 'Shop'],
    cwds: ['/home/user/shop'],
    branches: ['main', 'fix'],
    models: ['opus'],
    entrypoint: 'cli',
    firstAt: Date.parse(at(1)),
    lastAt: Date.parse(at(30)),
    replies: 2,
    tokens: { input: 30, cached: 200, output: 27 },
    costUsd: 1.5,
    compactions: 1,
  });
});

test('tools are counted with their failures, apart from what the person would not have', () => {
  const call = (id: string, name: string) => ({ type: 'tool_use', id, name });
  const digest = digestOf([
    replied('m1', 1, [call('1', 'Bash'), call('2', 'Edit'), call('3', 'Bash'), call('4', 'Bash')]),
    answered('1', 'Exit code 1'),
    answered('2', "The user doesn't want to proceed with this tool use. The tool use was rejected"),
    answered('3', 'fine', false),
    answered('4', '[Request interrupted by user for tool use]'),
  ]);
  expect(digest.tools.counts).toEqual([
    { name: 'Bash', calls: 3, failures: 1 },
    { name: 'Edit', calls: 1, failures: 0 },
  ]);
  expect(digest.tools).toMatchObject({ refused: 1, samples: [{ tool: 'Bash', text: 'Exit code 1' }] });
  expect(digest.interruptions).toBe(1);
});

test('an error of the API is no reply', () => {
  const { message, ...line } = replied('m1', 1);
  const digest = digestOf([
    { ...line, isApiErrorMessage: true, message: { ...(message as JsonObject), model: '<synthetic>' } },
  ]);
  expect(digest).toMatchObject({ replies: 0, apiErrors: 1, models: [] });
});

test('agents that the session started are none of its inputs, times or replies', () => {
  const digest = digestOf([
    said('do this', { isSidechain: true, timestamp: at(0) }),
    { ...replied('m1', 5), isSidechain: true },
    said('mine'),
  ]);
  expect(digest.inputs.map(({ text }) => text)).toEqual(['mine']);
  expect(digest).toMatchObject({ replies: 0, firstAt: Date.parse(at(1)) });
});

test('an input that an earlier session held as well counts once', () => {
  const seen = new Set<string>();
  digestOf([said('a'), said('b')], seen);
  const copy = digestOf([said('a'), said('b'), said('c')], seen);
  expect(copy.inputs.map(({ text }) => text)).toEqual(['c']);
  expect(copy.inputsRepeated).toBe(2);
});

test('of very many inputs the first and the last are kept', () => {
  const digest = digestOf(Array.from({ length: 500 }, (_, n) => said(`input ${n}`)));
  expect(digest.inputs.map(({ text }) => text)).toEqual([
    ...Array.from({ length: 30 }, (_, n) => `input ${n}`),
    ...Array.from({ length: 30 }, (_, n) => `input ${470 + n}`),
  ]);
  expect(digest.inputsLeftOut).toBe(440);
});

test.each(['constructor', '__proto__', 'toString'])(
  'a line of the type %s is one of no known type',
  (type) => {
    const digest = digestOf([{ type, aiTitle: 'A title' }, said('hello')]);
    expect([digest.titles, digest.inputs.length]).toEqual([[], 1]);
  },
);
