import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from '../../../../src/wire/lines/line-splitter.ts';

type Seen = string | { readonly tooLong: number };

function split(chunks: readonly Buffer[], maxLineBytes?: number): Seen[] {
  const seen: Seen[] = [];
  const sink = {
    line: (bytes: Buffer) => seen.push(bytes.toString('latin1')),
    tooLong: (bytes: number) => seen.push({ tooLong: bytes }),
  };
  const splitter = new LineSplitter(sink, maxLineBytes);
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return seen;
}

const bytes = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text));

test.each<readonly [string, readonly string[], readonly Seen[]]>([
  ['one line in one chunk', ['a\n'], ['a']],
  ['several lines in one chunk', ['a\nb\nc\n'], ['a', 'b', 'c']],
  ['a line cut by chunks', ['a', 'b', 'c\n'], ['abc']],
  ['a line feed that stands alone', ['a', '\n', 'b\n'], ['a', 'b']],
  ['no final line feed', ['a\nb'], ['a', 'b']],
  ['blank lines are lines', ['\n\na\n\n'], ['', '', 'a', '']],
  ['a carriage return is the line’s own', ['a\r\nb\r\n'], ['a\r', 'b\r']],
  ['nothing', [], []],
  ['empty chunks', ['', 'a', '', '\n', ''], ['a']],
])('%s', (_name, chunks, lines) => {
  expect(split(bytes(...chunks))).toEqual(lines);
});

describe('a line over the limit', () => {
  test.each<readonly [string, readonly string[], readonly Seen[]]>([
    ['exactly the limit is kept', ['abcd\n'], ['abcd']],
    ['one more is too long', ['abcde\n'], [{ tooLong: 5 }]],
    ['cut by chunks', ['ab', 'cd', 'ef', 'g\nok\n'], [{ tooLong: 7 }, 'ok']],
    ['without an end', ['abcdefgh'], [{ tooLong: 8 }]],
    ['between two good lines', ['a\nbbbbbb\nc\n'], ['a', { tooLong: 6 }, 'c']],
  ])('%s', (_name, chunks, lines) => {
    expect(split(bytes(...chunks), 4)).toEqual(lines);
  });

  test('is not held: what was pushed may be freed before the line ends', async () => {
    const splitter = new LineSplitter({ line: () => {}, tooLong: () => {} }, 1024);
    const pushed = [1, 2, 3].map(() => pushFresh(splitter));
    // A reference that was looked at holds on until the current job of the event loop is over.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(pushed.map((chunk) => chunk.deref())).toEqual([undefined, undefined, undefined]);
    splitter.end();
  });

  test('may be longer than any buffer', () => {
    const chunk = Buffer.alloc(16 * 1024 * 1024, 'x');
    const times = 300;
    expect(split([...Array.from({ length: times }, () => chunk), ...bytes('\nok\n')], 1024)).toEqual([
      { tooLong: times * chunk.length },
      'ok',
    ]);
  });
});

test('any chunking of any stream gives the same lines', () => {
  const stream = fc.array(fc.constantFrom(0x0a, 0x0d, 0x41, 0x7b, 0xc3, 0xa9, 0xe2, 0x80, 0xa8), {
    maxLength: 60,
  });
  const cuts = fc.array(fc.nat(60), { maxLength: 8 });
  fc.assert(
    fc.property(stream, cuts, fc.integer({ min: 1, max: 20 }), (values, at, limit) => {
      const whole = Buffer.from(values);
      expect(split(chunksOf(whole, at), limit)).toEqual(split([whole], limit));
    }),
  );
});

test('lines put together again are the stream', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary-ascii' }).filter((text) => !text.includes('\n'))),
      (lines) => {
        const stream = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        expect(split([stream])).toEqual(lines);
      },
    ),
  );
});

function chunksOf(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...cuts.filter((cut) => cut <= whole.length).sort((a, b) => a - b), whole.length];
  return edges.slice(1).map((end, index) => whole.subarray(edges[index], end));
}

function pushFresh(splitter: LineSplitter): WeakRef<ArrayBufferLike> {
  const chunk = Buffer.alloc(4096, 'x');
  splitter.push(chunk);
  return new WeakRef(chunk.buffer);
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function') throw new Error('this Node has no gc()');
  gc();
}
