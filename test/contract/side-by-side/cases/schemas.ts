/** Answers that are to match a schema, and schemas that are none. */
import { reply } from '../../../support/api/fake-messages-api.ts';
import type { Case } from '../case.ts';
import { JSON_OUT, one, STREAM } from './calls.ts';
import { decided } from './decided.ts';

const SCHEMA = '{"type":"object","properties":{"a":{"type":"number"}},"required":["a"]}';

export const SCHEMA_CASES: readonly Case[] = [
  {
    title: 'a value, json',
    calls: [
      {
        args: ['-p', 'hi', '--json-schema', SCHEMA, ...JSON_OUT],
        replies: [reply().tool('StructuredOutput', { a: 1 })],
      },
    ],
  },
  {
    title: 'a value, text',
    calls: [
      { args: ['-p', 'hi', '--json-schema', SCHEMA], replies: [reply().tool('StructuredOutput', { a: 1 })] },
    ],
  },
  {
    title: 'a value at the second attempt, stream-json',
    calls: [
      {
        args: ['-p', 'hi', '--json-schema', SCHEMA, ...STREAM],
        replies: [reply().tool('StructuredOutput', { b: 1 }), reply().tool('StructuredOutput', { a: 1 })],
      },
    ],
  },
  {
    title: 'text first, and the value when reminded',
    calls: [
      {
        args: ['-p', 'hi', '--json-schema', SCHEMA, ...STREAM],
        replies: [reply().text('I would say 1'), reply().tool('StructuredOutput', { a: 1 })],
      },
    ],
    differences: decided(
      'the reminder is in words of our own',
      '1/user#1/message/content/0/text',
      '1/request#2/messages/2/content/0/text',
    ),
  },
  {
    title: 'never met',
    calls: [
      {
        args: ['-p', 'hi', '--json-schema', SCHEMA, ...JSON_OUT],
        replies: Array.from({ length: 6 }, () => reply().tool('StructuredOutput', { b: 1 })),
      },
    ],
    differences: decided(
      'the usage of a turn counts its last request, too',
      '1/result#1/usage/input_tokens',
      '1/result#1/usage/output_tokens',
    ),
  },
  {
    title: 'never met, text',
    calls: [
      {
        args: ['-p', 'hi', '--json-schema', SCHEMA],
        replies: Array.from({ length: 6 }, () => reply().tool('StructuredOutput', { b: 1 })),
      },
    ],
  },
  {
    title: 'a schema that is no JSON',
    ...one('-p', 'hi', '--json-schema', '{'),
    differences: decided('what JSON.parse says differs with the engine', '1/stderr'),
  },
  {
    title: 'answered in text twice',
    calls: [
      {
        args: ['-p', 'hi', '--json-schema', SCHEMA, ...JSON_OUT],
        replies: [reply().text('no value'), reply().text('still none')],
      },
    ],
    differences: [
      ...decided('the reminder is in words of our own', '1/request#2/messages/2/content/0/text'),
      ...decided(
        'whoever asked for a value must not take its absence for one',
        '1/exit',
        ...['api_error_status', 'errors', 'is_error', 'result', 'subtype', 'terminal_reason'].map(
          (field) => `1/result#1/${field}`,
        ),
      ),
    ],
  },
  { title: 'a schema that is no object', ...one('-p', 'hi', '--json-schema', '[]') },
  {
    title: 'a schema with a type that is none',
    ...one('-p', 'hi', '--json-schema', '{"type":"objekt"}'),
    differences: decided('our validator has words of its own', '1/stderr'),
  },
];
