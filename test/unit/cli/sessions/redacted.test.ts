import { describe, expect, test } from 'vitest';
import { Redaction } from '../../../../src/cli/sessions/redacted.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const key = (...parts: readonly string[]) => parts.join('');
const LONG = 'abcdefghij0123456789ABCDEFGHIJ';

describe('what is a secret by its form', () => {
  test.each([
    ['API key', key('sk-', 'ant-api03-', LONG)],
    ['API key', key('sk_', 'live_', LONG)],
    ['GitHub token', key('gh', 'p_', LONG)],
    ['GitHub token', key('github', '_pat_', LONG)],
    ['GitLab token', key('gl', 'pat-', LONG)],
    ['AWS key', key('AK', 'IAABCDEFGHIJKLMNOP')],
    ['Google key', key('AI', 'za', LONG, 'abcde')],
    ['Slack token', key('xo', 'xb-', LONG)],
    ['registry or model token', key('np', 'm_', LONG, 'abc')],
    ['JSON web token', key('ey', 'JhbGciOiJI.', 'ey', 'JzdWIiOiIx.', 'abc_-')],
    [
      'private key',
      key('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA ', 'PRIVATE KEY-----'),
    ],
    ['private key', key('-----BEGIN ', 'PRIVATE KEY-----\nMIIE and it is cut here')],
  ])('%s', (kind, secret) => {
    const redaction = new Redaction();
    expect(redaction.of(`use ${secret}`)).toBe(`use «${kind}»`);
    expect(redaction.counts).toEqual({ [kind]: 1 });
  });
});

test.each([
  ['Authorization: Bearer abcdefghijklmn0pqrstuvwx', 'Authorization: Bearer «bearer token»'],
  ['postgres://shop:hunter2@db:5432/x', 'postgres://shop:«password in an address»@db:5432/x'],
  ['DB_PASSWORD=hunter22', 'DB_PASSWORD=«named secret»'],
  ['{"apiKey": "hunter22", "a": 1}', '{"apiKey": "«named secret»", "a": 1}'],
  ['client-secret: hunter22;', 'client-secret: «named secret»;'],
  [`api_key=${key('sk-', 'ant-', LONG)}`, 'api_key=«API key»'],
  ['{\\"password\\": \\"hunter22\\"}', '{\\"password\\": \\"«named secret»"}'],
  ['aws_secret_access_key      = hunter22', 'aws_secret_access_key      = «named secret»'],
  ["'password' => 'hunter22'", "'password' => '«named secret»'"],
  ['secret := "hunter22"', 'secret := "«named secret»"'],
  ['AccountKey=abcdefgh==;x=1', 'AccountKey=«named secret»;x=1'],
  ['export TOKEN=abcdefgh12345678', 'export TOKEN=«bearer token»'],
  ['{"token": "abcdefgh12345678"}', '{"token": "«bearer token»"}'],
  ['deploy --api-key hunter22 --dry-run', 'deploy --api-key «secret on a command line» --dry-run'],
  ["login --db-password 'hunter22'", "login --db-password '«secret on a command line»'"],
  ['Server=db;Uid=sa;Pwd=hunter22;', 'Server=db;Uid=sa;Pwd=«password of a connection»;'],
  [`GITHUB_TOKEN=${key('gh', 'p_', LONG)}`, 'GITHUB_TOKEN=«GitHub token»'],
])('of %s the words before it stay', (text, clean) => {
  const redaction = new Redaction();
  expect(redaction.of(text)).toBe(clean);
  expect(Object.values(redaction.counts)).toEqual([1]);
});

test.each([
  'why does the password field lose focus?',
  'rename pk_constraint_on_users_table and sk-learn-compatible-estimators',
  'export TOKEN="$GITHUB_TOKEN" and password: ${{ secrets.X }}',
  'see http://localhost:3000/a@b and git@github.com:a/b.git',
  'commit 6134d00a1b2c3d4e5f60718293a4b5c6d7e8f901',
  'a basic understanding of authentication',
  'PWD=/home/user/shop make, and the --password option takes a file',
  'token: a word; password:   ${SECRET}',
])('%s stays as it is', (text) => {
  const redaction = new Redaction();
  expect(redaction.of(text)).toBe(text);
  expect(redaction.counts).toEqual({});
});

test('a wall of text that is nearly a secret, over and over, is through at once', () => {
  const text = 'a-b_password-'.repeat(2000);
  expect(new Redaction().of(text)).toBe(text);
});
