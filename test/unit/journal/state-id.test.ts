import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { stateId } from '../../../src/journal/state-id.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const drawing = (digit: number) => ({ pid: 7, random: () => digit / 36 });

test('is drawn once, and is then the same for everybody; nobody else may read it', () => {
  const dir = temporaryFolder();
  expect(stateId(dir, drawing(1))).toBe('1'.repeat(24));
  expect(stateId(dir, drawing(2))).toBe('1'.repeat(24));
  expect(readdirSync(dir)).toEqual(['id']);
  expect(statSync(path.join(dir, 'id')).mode & 0o777).toBe(0o600);
});

test('one that was damaged is not passed over: it may be known on other hosts', () => {
  const dir = temporaryFolder();
  writeFileSync(path.join(dir, 'id'), '../../x');
  expect(() => stateId(dir, drawing(1))).toThrow('is damaged; remove it');
});
