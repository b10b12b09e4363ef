import { expect, test } from 'vitest';
import { actionOf, type PoolOptions, settingsOf } from '../../../../src/cli/pool/pool-options.ts';

const options = (over: Partial<PoolOptions>): PoolOptions => ({
  _: ['pool'],
  $0: 'andwait',
  action: 'status',
  json: false,
  slots: undefined,
  memfree: undefined,
  force: false,
  ...over,
});

test.each([
  [{ slots: '8' }, { slots: 8 }],
  [{ slots: 'default' }, { slots: null }],
  [{ memfree: '2G' }, { minFreeBytes: 2e9 }],
  [{ memfree: '1.5M' }, { minFreeBytes: 1.5e6 }],
  [{ memfree: '0' }, { minFreeBytes: null }],
  [
    { slots: '1', memfree: '500M' },
    { slots: 1, minFreeBytes: 5e8 },
  ],
])('%j sets %j', (given, wish) => expect(settingsOf(options({ action: 'set', ...given }))).toEqual(wish));

test.each([
  [{}, 'say what to set'],
  [{ slots: '0' }, '--slots "0"'],
  [{ slots: 'many' }, '--slots "many"'],
  [{ memfree: '2 GB' }, '--memfree "2 GB"'],
  [{ memfree: '0G' }, '--memfree "0G"'],
])('%j is refused', (given, words) => {
  expect(() => settingsOf(options({ action: 'set', ...given }))).toThrow(words);
});

test.each([
  [{ action: 'start' }, 'pool "start": expected one of status, serve'],
  [{ action: 'status', slots: '2' }, '--slots belongs to `andwait pool set`'],
  [{ action: 'set', force: true }, '--force belongs to `andwait pool stop`'],
  [{ action: 'pause', json: true }, '--json belongs to `andwait pool status`'],
])('%j is refused', (given, words) => expect(() => actionOf(options(given))).toThrow(words));
