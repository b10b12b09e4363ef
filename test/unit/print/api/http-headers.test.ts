import { expect, test } from 'vitest';
import { HttpHeaders } from '../../../../src/print/api/http-headers.ts';

type AnyHeaders = Headers | HttpHeaders;

/** Everything that can be seen of headers after some work on them. */
function worked(headers: AnyHeaders): unknown {
  headers.append('Accept', 'text/html');
  headers.append('accept', ' application/json ');
  headers.set('X-One', 'a');
  headers.set('x-one', 'b');
  headers.append('X-Gone', 'c');
  headers.delete('x-GONE');
  const each: unknown[] = [];
  headers.forEach((value, name) => void each.push([name, value]));
  return {
    each,
    all: [...headers],
    entries: [...headers.entries()],
    keys: [...headers.keys()],
    values: [...headers.values()],
    got: ['ACCEPT', 'x-one', 'x-gone', 'other'].map((name) => [headers.get(name), headers.has(name)]),
  };
}

test.each<[string, ConstructorParameters<typeof HttpHeaders>[0]]>([
  ['nothing', null],
  ['a record', { Host: 'h', 'Content-Type': 'text/plain' }],
  [
    'pairs',
    [
      ['b', '1'],
      ['B', '2'],
    ],
  ],
])('made from %s they are as the web’s', (_name, from) => {
  const web = new Headers(from === null ? undefined : (from as Record<string, string>));
  expect(worked(new HttpHeaders(from))).toEqual(worked(web));
});

test('made from others, they are copies', () => {
  const first = new HttpHeaders({ a: '1' });
  const second = new HttpHeaders(first);
  second.set('a', '2');
  expect([first.get('a'), second.get('a')]).toEqual(['1', '2']);
  expect(new HttpHeaders(new Headers({ a: '3' })).get('A')).toBe('3');
  expect([...new Headers(second as unknown as Headers)]).toEqual([['a', '2']]);
});
