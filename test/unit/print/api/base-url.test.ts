import { describe, expect, test } from 'vitest';
import { baseUrlIn } from '../../../../src/print/api/base-url.ts';

const read = (value: string): string | undefined => baseUrlIn({ PLACE: value }, 'PLACE');

test.each([
  ['http://localhost:8080', 'http://localhost:8080'],
  [' https://gateway.example/v1/ \n', 'https://gateway.example/v1/'],
  ['HTTPS://GATEWAY', 'HTTPS://GATEWAY'],
  ['http://[::1]:80/a', 'http://[::1]:80/a'],
  ['', undefined],
])('%j: %j', (value, expected) => {
  expect(read(value)).toBe(expected);
});

describe('what is no address is quoted, with the variable and what is expected', () => {
  test.each([
    ['not a url', '"not a url"'],
    ['ftp://host/x', '"ftp://host/x"'],
    ['file:///etc/passwd', '"file:///etc/passwd"'],
    ['localhost:8080', '"localhost:8080"'],
    ['127.0.0.1:8080', '"127.0.0.1:8080"'],
    ['http:/host', '"http:/host"'],
    ['http://', '"http://"'],
    ['http://ho st/', '"http://ho st/"'],
    ['http://host:port', '"http://host:port"'],
    ['http://user:secret@ho st/', '"http://…@ho st/"'],
    ['user:secret@host', '"…@host"'],
    ['ftp://host/?key=secret', '"ftp://host/?…"'],
    ['\u001b[31mred', '"\\u001b[31mred"'],
    ['x'.repeat(1000), `"${'x'.repeat(200)}…"`],
  ])('%.40j', (value, quoted) => {
    const expected = `PLACE is ${quoted}, which is no address of an API: expected http:// or https:// and a host`;
    expect(() => read(value)).toThrow(expected);
    expect(() => read(value)).not.toThrow('secret');
  });
});
