import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamItem } from '../../../../src/wire/events/event.ts';
import { StreamItemReader, streamItemOf } from '../../../../src/wire/events/stream-item.ts';

function read(chunks: readonly Buffer[], maxLineBytes?: number): StreamItem[] {
  const items: StreamItem[] = [];
  const reader = new StreamItemReader((item) => items.push(item), maxLineBytes);
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return items;
}

const event = (value: StreamItem & { kind: 'event' } extends { event: infer E } ? E : never): StreamItem => ({
  kind: 'event',
  event: value,
});

describe('one line', () => {
  test.each<readonly [string, string, StreamItem | undefined]>([
    ['an object', '{"type":"x"}', event({ type: 'x' })],
    ['an object with a carriage return', '{"type":"x"}\r', event({ type: 'x' })],
    ['an object after spaces', '  {"type":"x"} ', event({ type: 'x' })],
    ['characters outside ASCII', '{"t":"é漢😀"}', event({ t: 'é漢😀' })],
    ['U+2028 inside a string', '{"t":"a\u2028b"}', event({ t: 'a\u2028b' })],
    ['a blank line', '', undefined],
    ['a line of spaces', ' \t ', undefined],
    ['a lone carriage return', '\r', undefined],
    ['null', 'null', { kind: 'malformed', bytes: 4, start: 'null' }],
    ['a number', '42', { kind: 'malformed', bytes: 2, start: '42' }],
    ['a string', '"a"', { kind: 'malformed', bytes: 3, start: '"a"' }],
    ['an array', '[{"type":"result"}]', { kind: 'malformed', bytes: 19, start: '[{"type":"result"}]' }],
    ['no JSON', 'Error: boom', { kind: 'malformed', bytes: 11, start: 'Error: boom' }],
    ['half an object', '{"type":"res', { kind: 'malformed', bytes: 12, start: '{"type":"res' }],
    ['two objects on one line', '{}{}', { kind: 'malformed', bytes: 4, start: '{}{}' }],
  ])('%s', (_name, line, item) => {
    expect(streamItemOf(Buffer.from(line))).toEqual(item);
  });

  test('an object that nobody could write down again is malformed', () => {
    const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    expect(streamItemOf(Buffer.from(nested(1001)))).toMatchObject({ kind: 'malformed', bytes: 6007 });
    expect(streamItemOf(Buffer.from(nested(1000)))).toMatchObject({ kind: 'event' });
  });

  test('a blank line longer than what is quoted of a malformed one', () => {
    expect(streamItemOf(Buffer.alloc(100_000, ' '))).toBeUndefined();
  });

  test('one that begins like it is not blank', () => {
    const spaces = ' '.repeat(100_000);
    expect(streamItemOf(Buffer.from(`${spaces}x`))).toMatchObject({ kind: 'malformed', bytes: 100_001 });
    expect(streamItemOf(Buffer.from(`${spaces}{"a":1}`))).toEqual(event({ a: 1 }));
  });

  test('a malformed line is quoted by its first 200 characters only', () => {
    const item = streamItemOf(Buffer.from('é'.repeat(100_000)));
    expect(item).toEqual({ kind: 'malformed', bytes: 200_000, start: 'é'.repeat(200) });
  });

  test('`__proto__` is a field like any other', () => {
    const item = streamItemOf(Buffer.from('{"__proto__":{"polluted":true}}'));
    expect(item?.kind).toBe('event');
    expect(Object.keys((item as { event: object }).event)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('nesting that is too deep is an item, not an exception', () => {
    const item = streamItemOf(Buffer.from(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`));
    expect(item).toBeDefined();
  });
});

describe('a stream', () => {
  test('a UTF-8 character cut by chunks', () => {
    const whole = Buffer.from('{"t":"😀"}\n');
    const cut = whole.indexOf(0x9f);
    expect(read([whole.subarray(0, cut), whole.subarray(cut)])).toEqual([event({ t: '😀' })]);
  });

  test('bad lines cost no good ones', () => {
    expect(read([Buffer.from('{"a":1}\noops\n\nnull\n{"b":2}')])).toEqual([
      event({ a: 1 }),
      { kind: 'malformed', bytes: 4, start: 'oops' },
      { kind: 'malformed', bytes: 4, start: 'null' },
      event({ b: 2 }),
    ]);
  });

  test('a line over the limit is counted, and the next one read', () => {
    const long = JSON.stringify({ t: 'x'.repeat(100) });
    expect(read([Buffer.from(`${long}\n{"b":2}\n`)], 50)).toEqual([
      { kind: 'too-long', bytes: long.length },
      event({ b: 2 }),
    ]);
  });

  test('the listener gets the bytes as they came', () => {
    const lines: (string | undefined)[] = [];
    const reader = new StreamItemReader((_item, line) => lines.push(line?.toString()), 20);
    reader.push(Buffer.from(`{"b" : 2}\r\n\nnot json\n${'x'.repeat(30)}\n`));
    reader.end();
    expect(lines).toEqual(['{"b" : 2}\r', 'not json', undefined]);
  });

  test('any chunking of any stream gives the same items', () => {
    const line = fc.oneof(
      fc.json().map((text) => `{"v":${text}}`),
      fc.json(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', '\r', '{"type":"x"}\r', '{"t":"\u2028é😀"}'),
    );
    const cuts = fc.array(fc.nat(500), { maxLength: 10 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.boolean(), cuts, (lines, closed, at) => {
        const whole = Buffer.from(lines.join('\n') + (closed ? '\n' : ''));
        const edges = [0, ...at.filter((cut) => cut <= whole.length).sort((a, b) => a - b), whole.length];
        const chunks = edges.slice(1).map((end, index) => whole.subarray(edges[index], end));
        expect(read(chunks, 200)).toEqual(read([whole], 200));
      }),
    );
  });
});
