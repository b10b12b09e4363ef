import { execFileSync } from 'node:child_process';
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { LineTail } from '../../../../src/journal/follow/line-tail.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function setUp() {
  const file = path.join(temporaryFolder(), 'lines');
  const tail = new LineTail(file);
  const read = (): string[] => {
    const lines: string[] = [];
    tail.read((line) => lines.push(line.toString()));
    return lines;
  };
  return { file, tail, read };
}

test('each line once, as they come; nothing of a file that is not there yet', () => {
  const { file, read } = setUp();
  expect(read()).toEqual([]);
  writeFileSync(file, 'one\ntwo\n');
  expect(read()).toEqual(['one', 'two']);
  expect(read()).toEqual([]);
  appendFileSync(file, '\nthree\n');
  expect(read()).toEqual(['', 'three']);
});

test('a torn line is not there yet, and is whole once it is', () => {
  const { file, tail, read } = setUp();
  writeFileSync(file, 'one\ntw');
  expect(read()).toEqual(['one']);
  expect(tail.rest().toString()).toBe('tw');
  appendFileSync(file, 'o\n');
  expect(read()).toEqual(['two']);
});

test('what a crash tore off may be cut away and written over', () => {
  const { file, read } = setUp();
  writeFileSync(file, 'one\ntorn off by a crash');
  expect(read()).toEqual(['one']);
  truncateSync(file, 4);
  appendFileSync(file, 'two\nthree, which is longer than what was torn\n');
  expect(read()).toEqual(['two', 'three, which is longer than what was torn']);
});

test('lines that are longer than what is read at once', () => {
  const { file, read } = setUp();
  const long = 'x'.repeat(700_000);
  writeFileSync(file, `${long}\nshort\n${long}\n`);
  expect(read()).toEqual([long, 'short', long]);
});

test('a pipe in its place makes nobody wait', () => {
  const { file, read } = setUp();
  execFileSync('mkfifo', [file]);
  expect(read()).toEqual([]);
});
