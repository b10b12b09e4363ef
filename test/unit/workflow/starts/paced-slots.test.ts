import { expect, test } from 'vitest';
import type { Admission, SlotSource } from '../../../../src/core/ports.ts';
import { PacedSlots } from '../../../../src/workflow/starts/paced-slots.ts';
import { agentCall, reply, request } from '../../../support/calls.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const NEVER = new AbortController().signal;

function paced(delayMs: number) {
  const clock = new ManualClock();
  const placed: number[] = [];
  const inner: SlotSource = {
    request: async ({ label }): Promise<Admission> => {
      if (label === 'replayed') return { kind: 'replayed', call: agentCall(), outcome: reply('r') };
      return {
        kind: 'queued',
        call: agentCall(),
        place: async () => {
          placed.push(clock.monotonicMs());
          return { kind: 'refused', cap: 'agents', message: 'no', raise: '--more' };
        },
      };
    },
  };
  return { clock, placed, pool: new PacedSlots(inner, clock, delayMs) };
}

async function placeOf(pool: SlotSource, signal = NEVER): Promise<unknown> {
  const admission = await pool.request(request());
  if (admission.kind !== 'queued') throw new Error(admission.kind);
  return await admission.place(signal);
}

test('starts are so far apart, the first at once', async () => {
  const { clock, placed, pool } = paced(100);
  const all = [placeOf(pool), placeOf(pool), placeOf(pool)];
  await clock.timerSet(200);
  expect(placed).toEqual([0]);
  clock.advance(100);
  await all[1];
  clock.advance(100);
  await all[2];
  expect(placed).toEqual([0, 100, 200]);
});

test('time that passed anyway is not waited for again', async () => {
  const { clock, placed, pool } = paced(100);
  await placeOf(pool);
  clock.advance(5000);
  await placeOf(pool);
  expect(placed).toEqual([0, 5000]);
});

test('a replayed call neither waits nor makes others wait', async () => {
  const { placed, pool } = paced(100);
  expect((await pool.request(request({ label: 'replayed' }))).kind).toBe('replayed');
  await placeOf(pool);
  expect(placed).toEqual([0]);
});

test('an abort ends the waiting and leaves no timer', async () => {
  const { clock, placed, pool } = paced(100);
  await placeOf(pool);
  const abort = new AbortController();
  const waiting = placeOf(pool, abort.signal);
  await clock.timerSet(100);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(clock.pending).toEqual([]);
  expect(placed).toEqual([0]);
});
