import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { columnsOf } from '../../../../src/cli/reading/list-command.ts';
import type { Program } from '../../../../src/core/program.ts';

test.each([
  ['a terminal', { isTTY: true, columns: 120 }, 120],
  ['a terminal that nobody told its size', { isTTY: true, columns: 0 }, 80],
  ['a pipe', {}, Number.POSITIVE_INFINITY],
])('%s has so many columns', (_name, about, columns) => {
  const stdout = Object.assign(new PassThrough(), about);
  expect(columnsOf({ stdout } as unknown as Program)).toBe(columns);
});
