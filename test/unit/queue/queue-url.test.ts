/** Queue URLs: what is one, and that nobody ever reads a password in it. */
import { describe, expect, test } from 'vitest';
import { queueUrlOf, withoutSecrets } from '../../../src/queue/queue-url.ts';

const SECRET = 's3cret/+';

test.each([
  ['redis://host', 'redis', 'redis://host'],
  ['redis://host:6380/2', 'redis', 'redis://host:6380/2'],
  ['rediss://andy:s3cret@host', 'redis', 'rediss://andy:***@host'],
  ['redis://:s3cret@host', 'redis', 'redis://:***@host'],
  ['redis://s3cret@host', 'redis', 'redis://***@host'],
  ['postgres://andy@host/db', 'postgres', 'postgres://andy@host/db'],
  ['postgresql://andy:s3cret@host:5433/db', 'postgres', 'postgresql://andy:***@host:5433/db'],
  ['postgres://host/db?password=s3cret', 'postgres', 'postgres://host/db?***'],
])('%s is shown as %3$s', (text, kind, masked) => {
  expect(queueUrlOf('--queue', text)).toEqual({ kind, secret: text, masked });
});

describe('what is none', () => {
  test.each([
    '',
    'host:6379',
    'amqp://andy:s3cret@host',
    'redis://',
    'redis://andy:s3cret@ho st',
    'andy:s3cret@host?x=s3cret',
  ])('is refused without its password: %s', (text) => {
    expect(() => queueUrlOf('--queue', text)).toThrow(
      /^--queue ".*": expected redis:\/\/.* or postgres:\/\//s,
    );
    expect(() => queueUrlOf('--queue', text)).not.toThrow(/s3cret/);
  });
});

test('what a server says is cleaned of the password, however it is written', () => {
  const url = queueUrlOf('--queue', `redis://andy:${encodeURIComponent(SECRET)}@host`);
  const said = `WRONGPASS ${SECRET} or ${encodeURIComponent(SECRET)} in ${url.secret}`;
  expect(withoutSecrets(said, url)).toBe('WRONGPASS *** or *** in ***');
});
