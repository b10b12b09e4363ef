/** Files that are no script, before any parser sees them. */
import { expect, test } from 'vitest';
import { decodeScript, MAX_SCRIPT_BYTES } from '../../../src/script/decode-script.ts';
import { ScriptRefused } from '../../../src/script/script-refused.ts';

test.each([
  ['no bytes', [], 'the file is empty'],
  ['white space', [32, 10, 9, 13], 'only white space'],
  ['a byte order mark alone', [0xef, 0xbb, 0xbf], 'only white space'],
  ['a NUL', [65, 0, 66], 'byte 2 is NUL'],
  ['UTF-16', [0xff, 0xfe, 65, 0], 'byte 4 is NUL'],
  ['Latin-1', [0x72, 0xe9, 0x73], 'not valid UTF-8'],
  ['half a character', [65, 0xc3], 'not valid UTF-8'],
  ['a surrogate in UTF-8', [0xed, 0xa0, 0x80], 'not valid UTF-8'],
])('refuses %s', (_name, bytes, message) => {
  const decode = () => decodeScript(Uint8Array.from(bytes), 'a.js');
  expect(decode).toThrow(ScriptRefused);
  expect(decode).toThrow(message);
  expect(decode).toThrow('(a.js)');
});

test('the largest script is read, one byte more is refused with both sizes', () => {
  expect(decodeScript(new Uint8Array(MAX_SCRIPT_BYTES).fill(97), 'a.js')).toHaveLength(MAX_SCRIPT_BYTES);
  expect(() => decodeScript(new Uint8Array(MAX_SCRIPT_BYTES + 1).fill(97), 'a.js')).toThrow(
    'the script has 524,289 bytes, more than the 524,288 allowed',
  );
});

test('a byte order mark is no part of the text', () => {
  expect(decodeScript(new TextEncoder().encode('\ufeffgrün'), 'a.js')).toBe('grün');
});
