/** Where the lease goes, and that nobody's descriptor is taken for it. */
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { isOneFile, stdioTable } from '../../../src/shim/stdio-table.ts';

const lease = new Socket();
const opened = openSync('/dev/null', 'r');
afterAll(() => closeSync(opened));

test('the caller’s own', () => {
  expect(stdioTable({ stdin: 0, stdout: 'pipe', open: [], lease: undefined })).toEqual([0, 'pipe', 2]);
});

test('the lease is on a number that a Node agent keeps to itself', () => {
  const table = stdioTable({ stdin: 0, stdout: 1, open: [3, 4], lease });
  expect(table.indexOf(lease)).toBe(12);
  expect(table.slice(0, 3)).toEqual([0, 1, 2]);
});

test('and on none of the caller’s, however many there are', () => {
  const open = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 40];
  expect(stdioTable({ stdin: 0, stdout: 1, open: [12, 13], lease }).indexOf(lease)).toBe(14);
  expect(stdioTable({ stdin: 0, stdout: 1, open, lease }).indexOf(lease)).toBe(41);
});

test('what came open stays where it was, and what is closed by now is left out', () => {
  const table = stdioTable({ stdin: 0, stdout: 1, open: [opened, 240], lease: undefined });
  expect(table[opened]).toBe(opened);
  expect(table).toHaveLength(opened + 1);
  expect(table.slice(3, opened).every((entry) => entry === 'ignore')).toBe(true);
});

test('one file or two', () => {
  const other = openSync(import.meta.filename, 'r');
  try {
    expect(isOneFile(opened, opened)).toBe(true);
    expect(isOneFile(opened, other)).toBe(false);
    expect(isOneFile(opened, 9999)).toBe(false);
  } finally {
    closeSync(other);
  }
});
