/** Whose words count: what the API said, never what the model wrote before its program failed. */
import { expect, test } from 'vitest';
import { outcomeOf } from '../../../../src/agent/outcome/outcome-of.ts';
import { StreamFold } from '../../../../src/agent/outcome/stream-fold.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { pressureOf } from '../../../../src/pool/pacing/pressure-of.ts';

function ended(lastText: string, result: JsonObject) {
  const fold = new StreamFold();
  const content = [{ type: 'text', text: lastText }];
  fold.add({ kind: 'event', event: { type: 'assistant', message: { content } } });
  fold.add({ kind: 'event', event: { type: 'result', is_error: true, ...result } });
  const end = { kind: 'exited', code: 1 } as const;
  return outcomeOf({ ...fold.facts(), stderrTail: '', end, endedBy: undefined, wantsStructured: false });
}

test.each([
  'Invalid API key: that is what the server should answer here, so the test is wrong.',
  "You've hit your 5-hour limit, says the fixture",
  'API Error: 429 is what the test file prints',
  'Claude AI usage limit reached|9999999999',
])('%s', (written) => {
  const errors = ['something broke'];
  expect(pressureOf(ended(written, { subtype: 'error_during_execution', errors }), 0)).toBeUndefined();
  expect(pressureOf(ended(written, { subtype: 'success', result: 'Execution error' }), 0)).toBeUndefined();
});

test.each([
  [{ subtype: 'success', result: 'Credit balance is too low', api_error_status: 400 }, 'quota'],
  [{ subtype: 'success', result: "You've hit your limit · resets 1:00am (UTC)" }, 'quota'],
  [
    { subtype: 'success', result: 'Not logged in · Please run /login', terminal_reason: 'api_error' },
    'credentials',
  ],
  [{ subtype: 'success', result: 'API Error: Repeated 529 Overloaded errors' }, 'limited'],
])('%j', (result, kind) => {
  expect(pressureOf(ended('said before', result), 0)?.kind).toBe(kind);
});
