/** When two headless calls are the same call. */
import { describe, expect, test } from 'vitest';
import { shapeOf } from '../../../src/shim/call-shape.ts';
import { cwdInRun, legacyRequest } from '../../../src/shim/legacy-request.ts';

async function hashOf(argv: readonly string[], stdinDigest: string | undefined = 'bytes:1', cwd = '') {
  const request = await legacyRequest(shapeOf(argv), { argv, stdinDigest, cwd }, Math.random);
  return request.contentHash;
}

test('the same words, stdin and folder', async () => {
  expect(await hashOf(['-p', 'a'])).toBe(await hashOf(['-p', 'a']));
});

test.each([
  ['other words', ['-p', 'b'], 'bytes:1', ''],
  ['the same letters in other words', ['-pa'], 'bytes:1', ''],
  ['another stdin', ['-p', 'a'], 'bytes:2', ''],
  ['another folder', ['-p', 'a'], 'bytes:1', 'below'],
  ['no words', [], 'bytes:1', ''],
])('%s: another call', async (_name, argv, stdinDigest, cwd) => {
  expect(await hashOf(argv, stdinDigest, cwd)).not.toBe(await hashOf(['-p', 'a']));
});

test('a stdin that nobody knows makes a call that is never found again', async () => {
  const content = { argv: ['-p', 'a'], stdinDigest: undefined, cwd: '' };
  const [one, other] = await Promise.all(
    [1, 2].map(async () => await legacyRequest(shapeOf(content.argv), content, Math.random)),
  );
  expect(one?.contentHash).toMatch(/^[0-9a-f]{32}$/);
  expect(one?.contentHash).not.toBe(other?.contentHash);
});

describe('the folder', () => {
  test.each([
    ['/home/me/project', '/home/me/project', ''],
    ['/home/me/project', '/home/me/project/below', 'below'],
    ['/home/me/project', '/tmp', '../../../tmp'],
    [undefined, '/tmp', '/tmp'],
    ['', '/tmp', '/tmp'],
  ])('of a run in %s and a call in %s', (run, cwd, relative) => {
    expect(cwdInRun(run, cwd)).toBe(relative);
  });
});
