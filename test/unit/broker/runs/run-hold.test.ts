/** What a journal says of a run that several causes hold, and what the run's owner hears. */
import { expect, test } from 'vitest';
import type { RunCalls } from '../../../../src/broker/runs/run-calls.ts';
import { RunHold } from '../../../../src/broker/runs/run-hold.ts';
import type { RunRecords } from '../../../../src/broker/runs/run-records.ts';
import type { RunHeld } from '../../../../src/core/run.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function held(byPerson = false) {
  const written: string[] = [];
  const told: (RunHeld | null)[] = [];
  const gates: string[] = [];
  const calls = { hold: () => gates.push('hold'), release: () => gates.push('release') };
  const records = {
    append: (record: { type: string; cause?: string }) =>
      written.push([record.type, record.cause].filter(Boolean).join(' ')),
  };
  const deps = {
    parts: { runId: 'r' },
    calls: calls as unknown as RunCalls,
    records: records as unknown as RunRecords,
    clock: new ManualClock(),
    tell: (now: RunHeld | null) => void told.push(now),
  };
  return { hold: new RunHold(deps, byPerson), written, told, gates };
}

test('goes on when the last cause is gone; what remains is said anew', () => {
  const { hold, written, told, gates } = held();
  expect(hold.hold('quota', 7)).toBe(true);
  expect(hold.hold('person', null)).toBe(true);
  expect(hold.release('person')).toBe(true);
  expect(written).toEqual(['held quota', 'held person', 'released', 'held quota']);
  expect(gates).not.toContain('release');
  expect(told.at(-1)).toEqual({ cause: 'quota', resetAt: 7 });
  expect(hold.release('quota')).toBe(true);
  expect(gates.at(-1)).toBe('release');
  expect(told.at(-1)).toBeNull();
});

test('a later time of the same cause is on record, and no change', () => {
  const { hold, written } = held();
  hold.hold('quota', 7);
  expect([hold.hold('quota', 9), hold.hold('quota', 9)]).toEqual([false, false]);
  expect(written).toEqual(['held quota', 'held quota']);
  expect(hold.status).toEqual({ cause: 'quota', resetAt: 9 });
});

test('what a person paused under an earlier broker is held from the start, and not written twice', () => {
  const { hold, written, gates } = held(true);
  expect(gates).toEqual(['hold']);
  expect(hold.hold('person', null)).toBe(false);
  expect(written).toEqual([]);
  expect(hold.release('person')).toBe(true);
});
