import { expect, test } from 'vitest';
import { ScopedClock } from '../../../src/cli/scoped-clock.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('timers fire and are cancelled as ever, and none is left at the end', () => {
  const clock = new ManualClock();
  const fired: string[] = [];
  {
    using scoped = new ScopedClock(clock);
    scoped.after(10, () => fired.push('first'));
    scoped.after(10, () => fired.push('cancelled'))();
    clock.advance(10);
    expect(scoped.monotonicMs()).toBe(10);
    scoped.after(10, () => fired.push('late'));
  }
  expect(clock.pending).toEqual([]);
  clock.advance(100);
  expect(fired).toEqual(['first']);
});
