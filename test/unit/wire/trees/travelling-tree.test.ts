import { describe, expect, test } from 'vitest';
import {
  isPlainName,
  readTravellingEdits,
  readTravellingTree,
} from '../../../../src/wire/trees/travelling-tree.ts';

const commit = 'a'.repeat(40);
const sha256 = 'b'.repeat(64);
const pack = { kind: 'pack', history: 'whole', sha256, bytes: 12 };
const remote = (url: string) => ({ commit, prefix: '', source: { kind: 'remote', url } });

describe('a tree', () => {
  test.each([
    { commit, prefix: '', source: pack },
    { commit: 'c'.repeat(64), prefix: 'some/folder/', source: { ...pack, history: 'none' } },
    remote('https://example.com/a/b.git'),
    remote('https://example.com:8443/a'),
    remote('ssh://git@example.com/a.git'),
    remote('git@example.com:a/b.git'),
  ])('is taken: %j', (tree) => {
    expect(readTravellingTree(tree)).toEqual({ ok: true, value: tree });
  });

  test('without what nobody asked for', () => {
    const tree = { commit, prefix: '', source: pack };
    expect(readTravellingTree({ ...tree, cwd: '/etc' })).toEqual({ ok: true, value: tree });
  });

  test.each([
    undefined,
    'a tree',
    { commit, prefix: '', source: { kind: 'folder', path: '/' } },
    { commit: 'HEAD', prefix: '', source: pack },
    { commit: '--upload-pack=touch', prefix: '', source: pack },
    { commit: `${commit}\n`, prefix: '', source: pack },
    { commit: commit.slice(1), prefix: '', source: pack },
    { commit, prefix: '', source: { ...pack, sha256: '../../x' } },
    { commit, prefix: '', source: { ...pack, bytes: -1 } },
    { commit, prefix: '', source: { ...pack, bytes: 1.5 } },
  ])('is not taken: %j', (tree) => {
    expect(readTravellingTree(tree)).toMatchObject({ ok: false });
  });

  test.each([
    '/',
    '/etc/',
    '../',
    'a/../../',
    'a//',
    './',
    'a',
    '.git/',
    'a/.GIT/hooks/',
    'a\0b/',
    `${'a/'.repeat(3_000)}`,
  ])('leads nowhere but into itself: %j', (prefix) => {
    expect(readTravellingTree({ commit, prefix, source: pack })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^prefix: /),
    });
  });

  test.each([
    '/srv/git/a.git',
    '../a.git',
    'file:///srv/git/a.git',
    'ext::sh -c touch% /tmp/x',
    'http://example.com/a',
    'git://example.com/a',
    'https://user:secret@example.com/a',
    'https://ghp_token@example.com/a',
    'ssh://git:secret@example.com/a',
    'ssh://-oProxyCommand=touch/a',
    'ssh://-oProxyCommand=touch@example.com/a',
    'git@-oProxyCommand=touch:a',
    '-u@example.com:a',
    'git@example.com:--upload-pack=touch',
    'git@example.com:ext::sh',
    'https://example.com/a b',
    'https://',
  ])('comes from no such remote: %j', (url) => {
    expect(readTravellingTree(remote(url))).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^source\.url: /),
    });
  });
});

test('edits are a commit and the name of a pack', () => {
  expect(readTravellingEdits({ tip: commit, sha256, bytes: 3, ref: 'refs/heads/main' })).toEqual({
    ok: true,
    value: { tip: commit, sha256, bytes: 3 },
  });
  expect(readTravellingEdits({ tip: 'main', sha256, bytes: 3 })).toMatchObject({ ok: false });
  expect(readTravellingEdits({ tip: commit, sha256: '', bytes: 3 })).toMatchObject({ ok: false });
});

test('plain names are our own ids, and nothing that a path or a branch could take for more', () => {
  expect(isPlainName('20261122-151023-6bk3f9')).toBe(true);
  for (const name of ['', '.', '..', 'a/b', '-x', 'a.lock', 'a b', 'a\n', 'x'.repeat(101)]) {
    expect(isPlainName(name)).toBe(false);
  }
});
