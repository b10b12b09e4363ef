import { describe, expect, test } from 'vitest';
import { isInside, literalAddress } from '../../../../../src/print/tools/web/web-address.ts';
import { upgraded } from '../../../../../src/print/tools/web/web-page.ts';

describe('an address', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '100::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'no address',
  ])('%s is inside', (address) => {
    expect(isInside(address)).toBe(true);
  });

  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.63.0.1',
    '169.253.0.1',
    '2606:4700::1',
    '2a00:1450::1',
  ])('%s is outside', (address) => {
    expect(isInside(address)).toBe(false);
  });

  test.each([
    ['http://127.1/', '127.0.0.1'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f.0.0.1/', '127.0.0.1'],
    ['http://0251.0376.0251.0376/', '169.254.169.254'],
    ['http://[::ffff:7f00:1]/', '::ffff:7f00:1'],
    ['http://①②⑦.0.0.1/', '127.0.0.1'],
    ['http://example.com/', undefined],
  ])('in %s is %s', (url, address) => {
    expect(literalAddress(new URL(url))).toBe(address);
  });
});

test.each([
  ['http://example.com/a', true, 'https://example.com/a'],
  ['http://example.com:8080/a', false, 'https://example.com:8080/a'],
  ['http://127.0.0.1:1/', false, 'https://127.0.0.1:1/'],
  ['http://127.0.0.1:1/', true, 'http://127.0.0.1:1/'],
  ['http://localhost:1/', true, 'http://localhost:1/'],
  ['https://10.0.0.1/', true, 'https://10.0.0.1/'],
])('%s, named by a rule: %s, becomes %s', (url, isNamed, expected) => {
  expect(upgraded(new URL(url), () => isNamed).href).toBe(expected);
});
