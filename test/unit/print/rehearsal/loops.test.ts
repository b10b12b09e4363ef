import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import { sampleOf } from '../../../../src/print/rehearsal/sample.ts';

/** Loops as published workflows write them, each over many different prompts: how long the longest of them runs. */
const PROMPTS = 16;
const LIMIT = 60;

type Ask = (schema: JsonObject) => Answer;
interface Answer {
  readonly [key: string]: unknown;
}

/** The same prompt again and again: the call's occurrence grows, and its key with it. */
function sameprompt(prompt: string): Ask {
  let occurrence = 0;
  return (schema) => {
    occurrence += 1;
    return sampleOf(schema, `${prompt} × ${occurrence}`, occurrence) as Answer;
  };
}

/** A prompt that names its round: every call is the first of its content. */
function numberedPrompt(prompt: string): Ask {
  let round = 0;
  return (schema) => {
    round += 1;
    return sampleOf(schema, `Round ${round}: ${prompt}`, 1) as Answer;
  };
}

function rounds(body: (ask: Ask) => boolean, ask: Ask): number {
  let count = 1;
  while (body(ask)) count += 1;
  return count;
}

const object = (properties: JsonObject): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
const text: JsonObject = { type: 'string' };
const FINDINGS = object({
  findings: {
    type: 'array',
    items: object({
      title: text,
      file: text,
      line: { type: 'integer' },
      severity: { enum: ['high', 'low'] },
    }),
  },
});

/** Goes on until `dryRounds` rounds in a row brought nothing that `nameOf` has not seen. */
function untilDry(
  dryRounds: number,
  schema: JsonObject,
  nameOf: (item: Answer) => unknown,
): (ask: Ask) => boolean {
  const seen = new Set<unknown>();
  let dry = 0;
  return (ask) => {
    const [items] = Object.values(ask(schema)) as [Answer[]];
    const fresh = items.filter((item) => !seen.has(nameOf(item)));
    for (const item of fresh) seen.add(nameOf(item));
    dry = fresh.length === 0 ? dry + 1 : 0;
    return dry < dryRounds;
  };
}

const LOOPS: [string, () => (ask: Ask) => boolean][] = [
  ['until done', () => (ask) => ask(object({ done: { type: 'boolean' }, note: text }))['done'] !== true],
  [
    'until a boolean of no known name',
    () => (ask) => ask(object({ wibble: { type: 'boolean' } }))['wibble'] !== true,
  ],
  ['while there is more', () => (ask) => ask(object({ more: { type: 'boolean' } }))['more'] === true],
  [
    'while anything remains',
    () => (ask) => Number(ask(object({ remaining: { type: 'integer', minimum: 0 } }))['remaining']) > 0,
  ],
  ['until the list is empty', () => (ask) => (ask(FINDINGS)['findings'] as unknown[]).length > 0],
  [
    'until a verdict',
    () => (ask) =>
      ask(object({ verdict: { enum: ['revise', 'reject', 'approve', 'unclear'] } }))['verdict'] !== 'approve',
  ],
  ['until a status in plain text', () => (ask) => ask(object({ status: text }))['status'] !== 'done'],
  [
    'until a score of 8 in 10',
    () => (ask) => Number(ask(object({ score: { type: 'number', minimum: 0, maximum: 10 } }))['score']) < 8,
  ],
  [
    'until a score of 8, no bounds given',
    () => (ask) => Number(ask(object({ score: { type: 'number' } }))['score']) < 8,
  ],
  ['until one dry round, by title', () => untilDry(1, FINDINGS, (item) => item['title'])],
  ['until two dry rounds, by title', () => untilDry(2, FINDINGS, (item) => item['title'])],
  [
    'until two dry rounds, by place',
    () => untilDry(2, FINDINGS, (item) => `${item['file']}:${item['line']}`),
  ],
  ['until two dry rounds, by the whole item', () => untilDry(2, FINDINGS, (item) => JSON.stringify(item))],
  [
    'until two dry rounds of plain texts',
    () => untilDry(2, object({ ideas: { type: 'array', items: text } }), (item) => item),
  ],
  [
    'until two dry rounds, though a list may not be empty',
    () =>
      untilDry(
        2,
        object({ urls: { type: 'array', items: object({ url: text }), minItems: 2, maxItems: 5 } }),
        (item) => item['url'],
      ),
  ],
  [
    'until two dry rounds by place and line, though a list may not be empty',
    () =>
      untilDry(
        2,
        object({
          bugs: {
            type: 'array',
            items: object({ file: text, line: { type: 'integer' }, isNew: { type: 'boolean' } }),
            minItems: 1,
          },
        }),
        (item) => `${item['file']}:${item['line']}:${item['isNew']}`,
      ),
  ],
  [
    'until three rounds brought no new single idea',
    () =>
      untilDry(
        3,
        object({
          ideas: {
            type: 'array',
            items: object({ id: text, score: { type: 'number' } }),
            minItems: 1,
            maxItems: 1,
          },
        }),
        (item) => item['id'],
      ),
  ],
];

describe.each([
  ['the same prompt', sameprompt],
  ['a numbered prompt', numberedPrompt],
])('%s', (_kind, asking) => {
  test.each(LOOPS)('%s', (_name, loop) => {
    const counts = Array.from({ length: PROMPTS }, (_, index) =>
      rounds(loop(), limited(asking(`prompt ${index}`))),
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(LIMIT);
    expect(new Set(counts).size).toBeGreaterThan(1);
  });
});

function limited(ask: Ask): Ask {
  let calls = 0;
  return (schema) => {
    calls += 1;
    if (calls > LIMIT + 1) throw new Error(`still asking after ${LIMIT} rounds`);
    return ask(schema);
  };
}
