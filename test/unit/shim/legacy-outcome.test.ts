/** What a recipe's call amounts to, by what it said and how it ended. */
import { expect, test } from 'vitest';
import { CallSkipped } from '../../../src/core/ports.ts';
import { LimitReached } from '../../../src/shim/call-limits.ts';
import { type LegacyFacts, legacyOutcome } from '../../../src/shim/legacy-outcome.ts';
import { OutputReading } from '../../../src/shim/output-reading.ts';

const RESULT =
  '{"type":"result","subtype":"success","is_error":false,"result":"42","num_turns":1,"total_cost_usd":0.5}';
const EXIT_0 = { kind: 'exited', code: 0 } as const;

type Told = Partial<Omit<LegacyFacts, 'stream' | 'text'>>;

function outcomeOf(format: 'text' | 'json' | 'stream-json', output: string, told: Told = {}) {
  const reading = new OutputReading(format);
  // In pieces, as a pipe gives them.
  for (const piece of output.match(/[\s\S]{1,7}/g) ?? []) reading.push(Buffer.from(piece));
  reading.end();
  return legacyOutcome({
    stream: reading.facts(),
    text: reading.text(),
    end: EXIT_0,
    stdoutBytes: output.length,
    stoppedBy: undefined,
    isInterrupted: false,
    failedStart: undefined,
    now: 1_750_700_000_000,
    ...told,
  });
}

test.each([
  ['text', 'text', 'an answer\n', {}, { kind: 'reply', text: 'an answer\n', unmetered: true }],
  ['nothing at all', 'text', '', {}, { kind: 'reply', text: '', unmetered: true }],
  ['a status', 'text', 'no', { end: { kind: 'exited', code: 2 } }, { kind: 'failure', reason: 'exit' }],
  [
    'an API error as text',
    'text',
    'API Error: 529 overloaded',
    { end: { kind: 'exited', code: 1 } },
    { kind: 'failure', reason: 'api-error', apiStatus: 529 },
  ],
  [
    'a used-up account, as text',
    'text',
    "You've hit your session limit · resets 10pm (UTC)\n",
    { end: { kind: 'exited', code: 1 } },
    { kind: 'failure', reason: 'api-error' },
  ],
  [
    'a used-up account, as versions before 2.0 said it: no answer, though it ended well',
    'text',
    'Claude AI usage limit reached|1750708800\n',
    {},
    { kind: 'failure', reason: 'api-error' },
  ],
  [
    'such a line with a time that is no limit’s, as a model may write it',
    'text',
    'Claude AI usage limit reached|9999999999\n',
    {},
    { kind: 'reply' },
  ],
  ['and one of the past', 'text', 'Claude AI usage limit reached|1750600000\n', {}, { kind: 'reply' }],
  [
    'a stream that breaks off after a model wrote of refusals: no word of the API',
    'stream-json',
    '{"type":"assistant","message":{"content":[{"type":"text","text":"Invalid API key, the test says"}]}}\n',
    { end: { kind: 'exited', code: 1 } },
    { kind: 'failure', reason: 'exit' },
  ],
  [
    'a stream that ends after such words, and well',
    'stream-json',
    '{"type":"assistant","message":{"content":[{"type":"text","text":"Claude AI usage limit reached|1750708800"}]}}\n',
    {},
    { kind: 'reply' },
  ],
  [
    'no more turns, as text',
    'text',
    'Error: Reached max turns (1)\n',
    { end: { kind: 'exited', code: 1 } },
    { kind: 'failure', reason: 'max-turns' },
  ],
  [
    'a signal',
    'text',
    'so f',
    { end: { kind: 'signalled', signal: 'SIGKILL' } },
    { reason: 'killed', text: 'so f' },
  ],
  ['a signal it caught', 'text', '', { end: { kind: 'exited', code: 143 } }, { reason: 'killed' }],
  [
    'interrupted, and exit 0',
    'text',
    '',
    { isInterrupted: true },
    { kind: 'failure', reason: 'interrupted' },
  ],
  [
    'stopped',
    'text',
    '',
    { stoppedBy: new Error('enough'), end: { kind: 'exited', code: 143 } },
    { reason: 'stopped' },
  ],
  [
    'skipped by a person',
    'text',
    'so f',
    { stoppedBy: new CallSkipped('skipped by ada'), end: { kind: 'exited', code: 143 } },
    { reason: 'skipped', message: 'skipped by ada', text: 'so f', process: { exitCode: 143 } },
  ],
  [
    'silent for too long',
    'text',
    'so f',
    {
      stoppedBy: new LimitReached({ kind: 'idle', limitMs: 60_000 }),
      end: { kind: 'signalled', signal: 'SIGKILL' },
    },
    { reason: 'idle', message: expect.stringContaining('60 s'), process: { signal: 'SIGKILL' } },
  ],
  [
    'too slow',
    'stream-json',
    RESULT,
    { stoppedBy: new LimitReached({ kind: 'timeout', limitMs: 60_000 }) },
    { reason: 'timeout', costUsd: 0.5 },
  ],
  [
    'skipped before its result was complete',
    'stream-json',
    RESULT,
    { stoppedBy: new CallSkipped('skipped by ada'), end: { kind: 'exited', code: 143 } },
    { reason: 'skipped', costUsd: 0.5 },
  ],
  [
    'not to be started',
    'text',
    '',
    { failedStart: 'ENOEXEC' },
    { reason: 'spawn-failed', message: 'ENOEXEC' },
  ],
  ['json', 'json', `${RESULT}\n`, {}, { kind: 'reply', text: '42', costUsd: 0.5 }],
  ['json with stderr around it', 'json', `warning\n${RESULT}\nbye\n`, {}, { kind: 'reply', text: '42' }],
  ['json of all events', 'json', `[{"type":"system"},${RESULT}]`, {}, { kind: 'reply', text: '42' }],
  ['json that is none', 'json', 'oops', {}, { kind: 'reply', unmetered: true }],
  [
    'json, then a bad status',
    'json',
    RESULT,
    { end: { kind: 'exited', code: 3 } },
    { reason: 'exit', costUsd: 0.5 },
  ],
  [
    'events',
    'stream-json',
    `{"type":"system"}\n\n${RESULT}\n`,
    {},
    { kind: 'reply', text: '42', costUsd: 0.5 },
  ],
  [
    'events, the last result counts',
    'stream-json',
    `${RESULT}\n${RESULT.replace('42', '43')}`,
    {},
    { kind: 'reply', text: '43' },
  ],
  [
    'a result that is an error',
    'stream-json',
    RESULT.replace('"is_error":false', '"is_error":true'),
    { end: { kind: 'exited', code: 1 } },
    { kind: 'failure', reason: 'agent-error' },
  ],
] as const)('%s', (_name, format, output, told, outcome) => {
  expect(outcomeOf(format, output, told)).toMatchObject(outcome);
});

test('a metered call is not called unmetered', () => {
  expect(outcomeOf('json', RESULT)).not.toHaveProperty('unmetered');
});

test('a value of a schema is kept', () => {
  const result = RESULT.replace('"num_turns"', '"structured_output":{"a":1},"num_turns"');
  expect(outcomeOf('json', result)).toMatchObject({ kind: 'reply', structured: { a: 1 } });
});

test('the end of the process is told exactly', () => {
  expect(outcomeOf('text', 'abc').process).toEqual({ exitCode: 0, signal: null, stdoutBytes: 3 });
  const end = { kind: 'signalled', signal: 'SIGHUP' } as const;
  expect(outcomeOf('text', 'abc', { end, stdoutBytes: null }).process).toEqual({
    exitCode: null,
    signal: 'SIGHUP',
    stdoutBytes: null,
  });
});
