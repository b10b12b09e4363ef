import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { LINE_FEED } from '../../../../src/wire/lines/line-splitter.ts';
import type { InputKind, MapItem } from '../../../../src/workflow/map/map-item.ts';
import { BadHeader, openItems } from '../../../../src/workflow/map/read-items.ts';
import { NUL, readLines } from '../../../../src/workflow/map/read-lines.ts';

const NEVER = new AbortController().signal;
const NOBODY = { taken: () => {}, mended: () => {} };

async function opened(chunks: readonly (string | Buffer)[], kind?: InputKind, maxLineBytes?: number) {
  const mended: number[] = [];
  const watch = { taken: () => {}, mended: (line: number) => void mended.push(line) };
  const stdin = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const endByte = kind === 'nul' ? NUL : LINE_FEED;
  const input = await openItems(readLines(stdin, NEVER, watch, maxLineBytes, endByte), kind);
  const items: MapItem[] = [];
  if (input !== undefined) for await (const item of input.items) items.push(item);
  return { ...input, items, mended };
}

const texts = ({ items }: { readonly items: readonly MapItem[] }) =>
  items.map(({ seq, text }) => [seq, text]);

describe('lines', () => {
  test.each([
    ['no line feed at the end', ['a\nb'], ['a', 'b']],
    ['CRLF', ['a\r\nb\r\n'], ['a', 'b']],
    ['a carriage return inside', ['a\rb\n'], ['a\rb']],
    ['empty lines are no items', ['\n\na\n\r\n\nb\n\n'], ['a', 'b']],
    ['white space is an item', [' \n\t\n'], [' ', '\t']],
    ['a byte order mark', ['\ufeffa\n\ufeffb\n'], ['a', '\ufeffb']],
    ['NUL', ['a\0b\n'], ['a\0b']],
    ['U+2028 ends no line', ['a\u2028b\n'], ['a\u2028b']],
    ['a character cut by a chunk', [Buffer.from([0xc3]), Buffer.from([0xa9, 10])], ['é']],
    ['nothing', [], []],
    ['only line feeds', ['\n\n'], []],
  ])('%s', async (_name, chunks, expected) => {
    const read = await opened(chunks);
    expect(texts(read)).toEqual(expected.map((text, at) => [at + 1, text]));
    expect(read.mended).toEqual([]);
  });

  test('texts that end with NUL hold whatever else a name may hold', async () => {
    const { items, kind } = await opened(['\ufeffa\r\0\0{"b":1}\n"c\'\0', ' d'], 'nul');
    expect(kind).toBe('nul');
    expect(items).toMatchObject([
      { seq: 1, text: '\ufeffa\r', input: '\ufeffa\r', fields: undefined, problem: undefined },
      { seq: 2, text: '{"b":1}\n"c\'', fields: undefined, problem: undefined },
      { seq: 3, text: ' d' },
    ]);
  });

  test('bytes that are no UTF-8 become U+FFFD, and are told', async () => {
    const read = await opened([Buffer.from([0x61, 0xff, 10, 0x62, 10, 0xe9, 10])]);
    expect(texts(read)).toEqual([
      [1, 'a\ufffd'],
      [2, 'b'],
      [3, '\ufffd'],
    ]);
    expect(read.mended).toEqual([1, 3]);
  });

  test('a line that is too long is an item that cannot be asked', async () => {
    const read = await opened(['aaaa\n', 'b'.repeat(100), '\nc\n'], undefined, 10);
    expect(read.items.map(({ problem }) => problem)).toEqual([
      undefined,
      expect.stringMatching(/^item 2 is a line of 100 bytes/),
      undefined,
    ]);
    expect(read.items[2]).toMatchObject({ seq: 3, text: 'c' });
  });

  test('a megabyte in one line', async () => {
    const long = 'x'.repeat(1_000_000);
    expect(texts(await opened([long, long, '\n']))).toEqual([[1, long + long]]);
  });
});

describe('reads no further than it is asked', () => {
  test('an unread rest stays in the stream', async () => {
    let made = 0;
    const stdin = new Readable({
      highWaterMark: 16,
      read() {
        made += 1;
        this.push(`item ${made}\n`);
      },
    });
    const input = await openItems(readLines(stdin, NEVER, NOBODY), undefined);
    if (input === undefined) throw new Error('no items');
    for await (const { seq } of input.items) if (seq === 3) break;
    expect(made).toBeLessThan(10);
    expect(stdin.destroyed).toBe(true);
  });

  test('and tells how much of it the lines took that were asked for', async () => {
    const taken: number[] = [];
    const watch = { taken: (bytes: number) => void taken.push(bytes), mended: () => {} };
    const lines = readLines(Readable.from([Buffer.from('a\nbcd\r\n\ne')]), NEVER, watch);
    await lines.next();
    expect(taken).toEqual([2]);
    await lines.next();
    await lines.next();
    expect(taken).toEqual([2, 7, 8]);
    await lines.return();
  });

  test('an abort ends it, without an error', async () => {
    const abort = new AbortController();
    const stdin = new PassThrough();
    stdin.write('a\n');
    const input = await openItems(readLines(stdin, abort.signal, NOBODY), undefined);
    if (input === undefined) throw new Error('no items');
    const items = input.items[Symbol.asyncIterator]();
    expect(await items.next()).toMatchObject({ value: { text: 'a' } });
    const next = items.next();
    abort.abort(new Error('enough'));
    expect(await next).toEqual({ done: true, value: undefined });
  });
});

describe('records', () => {
  test('are found out by the first line', async () => {
    const { kind, isGuessed, items } = await opened(['\n{"a":{"b":1}}\n[2]\n"t"\nno\n']);
    expect({ kind, isGuessed }).toEqual({ kind: 'ndjson', isGuessed: true });
    expect(items.map(({ input, problem }) => ({ input, problem }))).toEqual([
      { input: { a: { b: 1 } }, problem: undefined },
      { input: [2], problem: undefined },
      { input: 't', problem: undefined },
      { input: 'no', problem: 'item 4 is not JSON: "no"' },
    ]);
    const [first] = items;
    expect(first?.fields?.get('a.b')).toBe(1);
    expect(first?.fields?.get('a.c')).toBeUndefined();
    expect(first?.fields?.get('toString')).toBeUndefined();
  });

  test('a field with a dot in its name comes before a way into an object', async () => {
    const { items } = await opened(['{"a.b":1,"a":{"b":2}}\n'], 'ndjson');
    expect(items[0]?.fields?.get('a.b')).toBe(1);
  });

  test.each(['[1]\n', '5\n', '{"a":\n'])('%j are lines unless somebody says otherwise', async (text) => {
    expect((await opened([text])).kind).toBe('lines');
    expect((await opened([text], 'ndjson')).kind).toBe('ndjson');
  });

  test('and lines where somebody says so', async () => {
    expect(await opened(['{"a":1}\n'], 'lines')).toMatchObject({ kind: 'lines', isGuessed: false });
  });
});

describe('rows', () => {
  test('CSV with a header', async () => {
    const { columns, items } = await opened(['name,text\r\nx,"a, b\r\nc"\r\n\r\ny,"q ""q"""'], 'csv');
    expect(columns).toEqual(['name', 'text']);
    expect(items).toMatchObject([
      { seq: 1, text: 'x,"a, b\nc"', input: { name: 'x', text: 'a, b\nc' } },
      { seq: 2, input: { name: 'y', text: 'q "q"' } },
    ]);
    expect(items[1]?.fields?.get('text')).toBe('q "q"');
  });

  test('TSV', async () => {
    const { items } = await opened(['a\tb\n"1\t2\n'], 'tsv');
    expect(items).toMatchObject([{ text: '"1\t2', input: { a: '"1', b: '2' } }]);
  });

  test.each([
    ['a,b\n1\n', 'item 1 is no such row: it has 1 fields and the header 2: "1"'],
    ['a,b\n1,2,3\n', 'item 1 is no such row: it has 3 fields and the header 2: "1,2,3"'],
    ['a,b\n1,"2\n', 'item 1 is no such row: a quoted field in it never ends: "1,\\"2"'],
  ])('%j is no row of the table', async (text, problem) => {
    const { items } = await opened([text], 'csv');
    expect(items.map((item) => item.problem)).toEqual([problem]);
  });

  test('a name that stands twice in the header is refused', async () => {
    await expect(opened(['a,a\n1,2\n'], 'csv')).rejects.toThrow(BadHeader);
  });

  test('a header without rows has no items', async () => {
    expect((await opened(['a,b\n'], 'csv')).items).toEqual([]);
  });
});
