import { expect, test } from 'vitest';
import { ignoredSignals } from '../../../src/bin/ignored-signals.ts';

test.each([
  ['nothing was told', undefined, []],
  ['none', '42:0000000000000000', []],
  ['nohup', '42:0000000000000001', ['SIGHUP']],
  ['a script’s &', '42:0000000000000006', ['SIGINT', 'SIGQUIT']],
  [
    'all, and SIGPIPE, which is not asked for',
    '42:0000000000005007',
    ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'],
  ],
  ['real-time signals beside it', '42:fffffffe00000001', ['SIGHUP']],
  ['of another process', '41:0000000000000001', []],
  ['no mask', '42:', []],
  ['odd', '42:HUP', []],
])('%s', (_name, told, ignored) => {
  expect(ignoredSignals(told, 42)).toEqual(ignored);
});
