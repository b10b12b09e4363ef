import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  isOursAlone,
  type KeptCode,
  keptCode,
  keptCodeDir,
  sealed,
  staleCode,
  unsealed,
} from '../../../src/journal/kept-code.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HOUR_MS = 3_600_000;
const NOW = 1000 * HOUR_MS;
const HASH = 'abcdef0123456789';

function kept(name: string, ageMs = 0): KeptCode {
  return { file: `/state/code-cache/${name}`, bytes: 1, madeAt: NOW - ageMs };
}

describe('what can go', () => {
  const staleOf = (files: readonly KeptCode[], hash?: string): string[] =>
    staleCode(files, { now: NOW, maxAgeMs: 30 * HOUR_MS, hash }).map(({ file }) => path.basename(file));

  test.each<[string, KeptCode, boolean]>([
    ['of the program that is installed', kept(`print-program-${HASH}-v20.19.4-x64`), false],
    ['under flags', kept(`print-program-${HASH}-v20.19.4-x64-1a2b`), false],
    ['of another program', kept('print-program-0000000000000000-v20.19.4-x64'), true],
    ['too old', kept(`print-program-${HASH}-v20.19.4-x64`, 31 * HOUR_MS), true],
    ['being written', kept(`print-program-${HASH}-v20.19.4-x64.7.tmp`, 1000), false],
    ['begun and left', kept(`print-program-${HASH}-v20.19.4-x64.7.tmp`, 2 * HOUR_MS), true],
  ])('%s', (_name, one, isStale) => {
    expect(staleOf([one], HASH)).toEqual(isStale ? [path.basename(one.file)] : []);
  });

  test('where nobody knows the program, none is another’s', () => {
    expect(staleOf([kept('print-program-0000000000000000-v20.19.4-x64')])).toEqual([]);
  });

  test('the oldest of more than a few', () => {
    const files = Array.from({ length: 10 }, (_, at) => kept(`p-${HASH}-v20-x64-${at}`, at));
    expect(staleOf(files, HASH)).toEqual([`p-${HASH}-v20-x64-8`, `p-${HASH}-v20-x64-9`]);
  });
});

describe('the folder', () => {
  test('its files, the newest first; no folders, no links', () => {
    const dir = keptCodeDir(temporaryFolder());
    expect(keptCode(dir)).toEqual([]);
    mkdirSync(path.join(dir, 'folder'), { recursive: true });
    for (const [name, at] of [
      ['old', 1],
      ['new', 3],
      ['middle', 2],
    ] as const) {
      writeFileSync(path.join(dir, name), name);
      utimesSync(path.join(dir, name), at, at);
    }
    symlinkSync('/etc/passwd', path.join(dir, 'link'));
    expect(keptCode(dir)).toEqual([
      { file: path.join(dir, 'new'), bytes: 3, madeAt: 3000 },
      { file: path.join(dir, 'middle'), bytes: 6, madeAt: 2000 },
      { file: path.join(dir, 'old'), bytes: 3, madeAt: 1000 },
    ]);
  });

  test.each([
    [7, 0o40700, true],
    [7, 0o100644, true],
    [7, 0o100620, false],
    [7, 0o100602, false],
    [8, 0o100600, false],
  ])('of uid %i with mode %o: ours alone is %j', (uid, mode, expected) => {
    expect(isOursAlone({ uid, mode }, 7)).toBe(expected);
  });
});

test('a seal is broken by any change', () => {
  const data = Buffer.from('bytecode');
  const whole = sealed(data);
  expect(unsealed(whole)).toEqual(data);
  for (let at = 0; at < whole.length; at += 1) {
    const spoilt = Buffer.from(whole);
    spoilt[at] = (spoilt[at] ?? 0) ^ 1;
    expect(unsealed(spoilt)).toBeUndefined();
  }
  expect(unsealed(whole.subarray(0, 3))).toBeUndefined();
});
