import { expect, test } from 'vitest';
import { systemChance } from '../../../src/bin/system-chance.ts';

/** More than one block holds. */
const DRAWS = 5000;

test('from 0 up to 1, spread, never the same twice', () => {
  const random = systemChance();
  const values = Array.from({ length: DRAWS }, random);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  expect(Math.min(...values)).toBeLessThan(0.01);
  expect(Math.max(...values)).toBeGreaterThan(0.99);
  // Among so many of 32 bits two may meet by chance, three hardly ever.
  expect(new Set(values).size).toBeGreaterThan(DRAWS - 3);
  expect(systemChance()()).not.toBe(systemChance()());
});
