/** What a model sends is checked against the schema it was shown. */
import { expect, test } from 'vitest';
import {
  choice,
  flag,
  list,
  number,
  optional,
  readFields,
  schemaOf,
  text,
} from '../../../../src/print/tools/tool-fields.ts';
import { toolStage } from './tool-stage.ts';

const FIELDS = {
  a: text('A'),
  n: optional(number('N')),
  f: optional(flag('F')),
  c: optional(choice(['x', 'y'], 'C')),
};

test('the schema names kinds and what is required', () => {
  expect(schemaOf(FIELDS)).toEqual({
    type: 'object',
    properties: {
      a: { type: 'string', description: 'A' },
      n: { type: 'number', description: 'N' },
      f: { type: 'boolean', description: 'F' },
      c: { type: 'string', enum: ['x', 'y'], description: 'C' },
    },
    required: ['a'],
    additionalProperties: false,
  });
});

test('quoted numbers and truths are taken as meant, null as left out', () => {
  const reading = readFields(FIELDS, { a: '', n: '12', f: 'false', c: null });
  expect(reading).toEqual({ kind: 'ok', values: { a: '', n: 12, f: false } });
});

test.each([
  [{}, 'The required parameter `a` is missing'],
  [{ a: 1 }, 'The parameter `a` is expected to be string but is 1'],
  [{ a: '', c: 'z' }, 'The parameter `c` is expected to be one of ["x","y"] but is "z"'],
  [{ a: '', q: 1 }, 'An unexpected parameter `q` was provided'],
  ['text', 'The input must be an object, not "text"'],
])('%j is refused', (input, issue) => {
  expect(readFields(FIELDS, input)).toEqual({ kind: 'wrong', issues: [issue] });
});

test('lists are checked item by item', () => {
  const fields = { items: list({ a: text('A') }, 'Items') };
  expect(readFields(fields, { items: [{ a: 'x' }] })).toMatchObject({ kind: 'ok' });
  expect(readFields(fields, { items: [{ b: 'x' }] })).toMatchObject({ kind: 'wrong' });
});

test('a tool answers wrong input, it does not throw', async () => {
  const { use } = toolStage();
  expect(await use('Bash', {})).toMatchObject({
    isError: true,
    content:
      '<tool_use_error>InputValidationError: Bash failed due to the following issue:\nThe required parameter `command` is missing</tool_use_error>',
  });
});

test('TodoWrite hands programs the old list and the new', async () => {
  const { use } = toolStage();
  const first = { content: 'a', status: 'pending', activeForm: 'doing a' };
  await use('TodoWrite', { todos: [first] });
  const result = await use('TodoWrite', { todos: [{ content: 'b', status: 'completed' }] });
  expect(result.forPrograms).toEqual({
    oldTodos: [first],
    newTodos: [{ content: 'b', status: 'completed', activeForm: 'b' }],
  });
});
