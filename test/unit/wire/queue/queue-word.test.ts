/** Words of a queue, which anybody may have said who reaches its server. */
import { expect, test } from 'vitest';
import { decodePressureWord } from '../../../../src/wire/queue/queue-word.ts';

const quota = { kind: 'quota', resetAt: null, message: 'used up' };
const word = { is: 'pressure', from: 'one', pressure: quota };

test('one of pressure is read, without what else it brings', () => {
  expect(decodePressureWord({ ...word, more: 1 })).toEqual(word);
});

test.each([
  ['nothing', undefined],
  ['another word', { is: 'else' }],
  ['a pressure that is none', { ...word, pressure: { kind: 'quota' } }],
  ['a wait that is no number', { ...word, pressure: { kind: 'limited', status: 429, retryAfterMs: '9' } }],
  ['a novel', { ...word, pressure: { ...quota, message: 'x'.repeat(5000) } }],
])('%s is nothing', (_what, said) => {
  expect(decodePressureWord(said)).toBeUndefined();
});
