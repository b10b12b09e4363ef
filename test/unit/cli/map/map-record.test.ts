import { expect, test } from 'vitest';
import { answerText, recordOf, taggedText } from '../../../../src/cli/map/map-record.ts';
import { failure, type Outcome } from '../../../../src/core/outcome.ts';
import type { ItemResult } from '../../../../src/workflow/map/ask-item.ts';
import { reply } from '../../../support/calls.ts';

function result(outcome: Outcome, text = 'a.c'): ItemResult {
  return {
    item: { seq: 2, text, input: text, fields: undefined, problem: undefined },
    prompt: 'p',
    end: { kind: 'called', call: 9, outcome, replayed: false },
    startedAt: 0,
    durationMs: 12.4,
  };
}

const KEYS = ['seq', 'input', 'outcome', 'value', 'usage', 'costUsd', 'durationMs', 'call'];

test('the fields of a record, for ever', () => {
  expect(Object.keys(recordOf(result(reply('x'))))).toEqual(KEYS);
  expect(recordOf(result(reply('x')))).toMatchObject({
    seq: 2,
    outcome: 'reply',
    value: 'x',
    durationMs: 12,
    call: 9,
  });
  const value = { bugs: [1] };
  expect(recordOf(result(reply('{}', { structured: value })))).toMatchObject({ value });
  expect(recordOf(result(failure('timeout', 'too slow')))).toMatchObject({
    outcome: 'timeout',
    value: null,
    error: 'too slow',
    call: 9,
  });
  expect(recordOf({ ...result(reply('')), end: { kind: 'unfit', message: 'odd' } })).toMatchObject({
    outcome: 'invalid-input',
    value: null,
    error: 'odd',
    call: null,
    costUsd: null,
  });
});

test.each([
  ['text', 'text\n'],
  ['ends\n', 'ends\n'],
  ['', '\n'],
])('the answer %j as text: %j', (text, expected) => {
  expect(answerText(result(reply(text)))).toBe(expected);
});

test('a value as JSON, a failure as nothing', () => {
  expect(answerText(result(reply('', { structured: { a: 1 } })))).toBe('{"a":1}\n');
  expect(answerText(result(failure('timeout', 'no')))).toBe('');
  expect(taggedText(result(failure('timeout', 'no')))).toBe('');
});

test.each([
  ['a.c', 'one\ntwo', 'a.c\tone\na.c\ttwo\n'],
  ['$& $1 $$', 'x\n', '$& $1 $$\tx\n'],
  ['one\ntwo', 'x', 'one two\tx\n'],
  ['t', 'one\n\ntwo\n', 't\tone\nt\t\nt\ttwo\n'],
])('the tag of %j', (item, answer, expected) => {
  expect(taggedText(result(reply(answer), item))).toBe(expected);
});
