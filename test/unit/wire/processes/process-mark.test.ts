import { describe, expect, test } from 'vitest';
import { isAlive, markOf } from '../../../../src/wire/processes/process-mark.ts';

const asked =
  (code?: string) =>
  (_pid: number, _signal: 0): void => {
    if (code !== undefined) throw Object.assign(new Error(code), { code });
  };

describe.runIf(process.platform === 'linux')('where /proc tells', () => {
  test('the same process is alive, another one with its number is not', () => {
    const mark = markOf(process.pid);
    expect(mark.startTicks).toMatch(/^\d+$/);
    expect(isAlive(mark, asked())).toBe(true);
    expect(isAlive({ ...mark, startTicks: '1' }, asked())).toBe(false);
  });

  test('a number that nobody has is not alive, whatever the kernel would say', () => {
    expect(isAlive({ pid: 2 ** 30, startTicks: '1' }, asked())).toBe(false);
    expect(markOf(2 ** 30)).toEqual({ pid: 2 ** 30, startTicks: null });
  });
});

test.each([
  ['is there', undefined, true],
  ["is another user's", 'EPERM', true],
  ['is gone', 'ESRCH', false],
])("without ticks the kernel's word must do: it %s", (_name, code, alive) => {
  expect(isAlive({ pid: 77, startTicks: null }, asked(code))).toBe(alive);
});
