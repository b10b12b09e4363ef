import { expect, test } from 'vitest';
import { recordedCalls } from '../../../src/pool/recorded-calls.ts';
import { resumedAttempt } from '../../../src/pool/resumed-attempt.ts';
import { step } from '../../../src/pool/run-core.ts';
import { newRunState } from '../../../src/pool/run-state.ts';
import type { JournalRecord } from '../../../src/wire/records/record.ts';
import { reply, request, tokens } from '../../support/calls.ts';
import { DESCRIPTION } from '../../support/runs/run-description.ts';

const CHOICES = {
  caps: { concurrency: 2, agents: 100, outputTokens: null },
  reuse: 'content',
  rehearsal: false,
} as const;

function attempt(number: number): JournalRecord {
  const { options } = DESCRIPTION;
  const told = { agent: 'test', rehearsal: false, script: 's.js', args: undefined, pid: 1, at: 0 };
  return { type: 'attempt', attempt: number, options, ...told };
}

/** A first attempt with one reply, and a second one in which that is replayed, one call ran, and one is open. */
function history() {
  const records: JournalRecord[] = [attempt(1)];
  const first = newRunState(CHOICES.caps);
  const [asked] = step(first, { type: 'request', request: request({ prompt: 'old' }), at: 0 });
  if (asked?.kind !== 'enqueue') throw new Error('not queued');
  const outcome = reply('OLD', tokens(5));
  records.push(...written(step(first, { type: 'turn', call: asked.call, at: 0 })));
  records.push(...written(step(first, { type: 'settled', call: asked.call, outcome, at: 0 })));
  const second = newRunState(CHOICES.caps, recordedCalls(records, false));
  records.push(attempt(2));
  records.push(...written(step(second, { type: 'request', request: request({ prompt: 'old' }), at: 0 })));
  for (const prompt of ['ran', 'open']) {
    const [effect] = step(second, { type: 'request', request: request({ prompt }), at: 0 });
    if (effect?.kind !== 'enqueue') throw new Error('not queued');
    records.push(...written(step(second, { type: 'turn', call: effect.call, at: 3 })));
    if (prompt === 'open') continue;
    const ended = { type: 'settled', call: effect.call, outcome: reply('RAN', tokens(7)), at: 9 } as const;
    records.push(...written(step(second, ended)));
  }
  return { records, second };
}

function written(effects: ReturnType<typeof step>): JournalRecord[] {
  return effects.flatMap((effect) => ('record' in effect ? [effect.record] : []));
}

test('the state of an attempt is the same as if its broker had lived on', () => {
  const { records, second } = history();
  const open = { call: 3, key: 'v1:hash of open:1' };
  const { state, settled, started } = resumedAttempt(records, 2, [open], CHOICES);
  expect(state).toEqual(second);
  expect([...settled]).toEqual([2]);
  expect(started.get(3)).toBe(3);
});

test('a call that waits is counted, and its number is not given out again', () => {
  const { records } = history();
  const waiting = { call: 9, key: 'v1:hash of waiting:4' };
  const { state } = resumedAttempt(records, 2, [waiting], CHOICES);
  const again = step(state, { type: 'request', request: request({ prompt: 'waiting' }), at: 0 });
  expect(again).toMatchObject([{ kind: 'enqueue', call: { id: 10, occurrence: 5 } }]);
});

test('an attempt whose record was not written yet begins with what the earlier ones left', () => {
  const { records } = history();
  const { state } = resumedAttempt(records.slice(0, 3), 2, [], CHOICES);
  expect(state.attempt).toBe(2);
  const again = step(state, { type: 'request', request: request({ prompt: 'old' }), at: 0 });
  expect(again[0]).toMatchObject({ kind: 'replay', outcome: { text: 'OLD' } });
});

test('what the run told of its attempt is known, so that it is not written twice', () => {
  const { records } = history();
  expect([...resumedAttempt(records, 2, [], CHOICES).told]).toEqual(['attempt']);
  const ended: JournalRecord = { type: 'end', attempt: 2, status: 'completed', at: 9 };
  expect([...resumedAttempt([...records, ended], 2, [], CHOICES).told]).toEqual(['attempt', 'end']);
  expect([...resumedAttempt(records, 3, [], CHOICES).told]).toEqual([]);
});
