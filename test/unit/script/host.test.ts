/** Parts of the child that need no sandbox to be tried: reading lines, and taking authority away. */
import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { dropAuthority } from '../../../src/script/host/drop-authority.ts';
import { LineReader } from '../../../src/script/host/line-reader.ts';

/** Reads these chunks, one a call, then the end. */
function reading(...chunks: readonly Uint8Array[]): LineReader {
  const left = [...chunks];
  return new LineReader((buffer) => {
    const chunk = left.shift();
    if (chunk === undefined) return 0;
    buffer.set(chunk);
    return chunk.length;
  });
}

describe('lines', () => {
  test('come whole, however they were cut', () => {
    const bytes = Buffer.from('grün\n\u2028 is no end\n\nlast\nhalf');
    const lines = reading(...[...bytes].map((byte) => Uint8Array.of(byte)));
    const read = [lines.next(), lines.next(), lines.next(), lines.next(), lines.next()];
    expect(read).toEqual(['grün', '\u2028 is no end', '', 'last', undefined]);
  });

  test('wait when several came at once', () => {
    const lines = reading(Buffer.from('a\nb\nc'));
    expect(lines.hasNext()).toBe(false);
    expect(lines.next()).toBe('a');
    expect(lines.hasNext()).toBe(true);
    expect(lines.next()).toBe('b');
    expect(lines.hasNext()).toBe(false);
  });
});

test('dropping authority leaves the language and takes the rest', () => {
  const doors = { binding: 1, dlopen: 1, kill: 1, getBuiltinModule: 1, exit: 1 };
  const globals = {
    Object: 1,
    JSON: 1,
    fetch: 1,
    process: 1,
    WebSocket: 1,
    WebAssembly: 1,
    Buffer: 1,
    FutureThing: 1,
  };
  dropAuthority(doors as never, globals as never);
  expect(Object.keys(doors)).toEqual(['exit']);
  expect(Object.keys(globals)).toEqual(['Object', 'JSON']);
});
