import { expect, test } from 'vitest';
import { type Key, keysOf } from '../../../../src/cli/watch/keys.ts';

test.each<[string, string, Key[]]>([
  ['letters', 'pq', [{ letter: 'p' }, { letter: 'q' }]],
  ['arrows', '\x1b[A\x1b[B', ['up', 'down']],
  ['arrows in application mode', '\x1bOA\x1bOB', ['up', 'down']],
  ['pages and ends', '\x1b[5~\x1b[6~\x1b[H\x1b[4~', ['page-up', 'page-down', 'home', 'end']],
  ['enter', '\r', ['enter']],
  ['escape alone', '\x1b', ['escape']],
  ['Ctrl-C and Ctrl-D', '\x03\x04', ['interrupt', { letter: 'q' }]],
  ['a sequence that is not known is no letters', '\x1b[1;5Ds', [{ letter: 's' }]],
  ['a function key', '\x1b[15~', []],
  ['a letter of two bytes', 'é', [{ letter: 'é' }]],
  ['other controls', '\x00\x7f\t', []],
])('%s', (_name, bytes, keys) => expect(keysOf(Buffer.from(bytes))).toEqual(keys));
