/** What reaches a worker's own folder: whole and checked, once, whoever else wants it or was killed in the middle. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { writePack } from '../../../../../src/agent/worktree/travel/pack-stream.ts';
import type { TravellingTree } from '../../../../../src/wire/trees/travelling-tree.ts';
import { commitAll, GIT_ENV, git, repository } from '../../../../support/git/git-repository.ts';
import { MIB, sent, sharedTree, WorkerHost } from '../../../../support/git/travelling-trees.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const shared = sharedTree();

/** What git makes of `input`: for trees that no `git add` would make. */
const made = (dir: string, input: string | Buffer, ...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: dir, env: GIT_ENV, input, encoding: 'utf8' }).trim();

async function evil(entries: (dir: string, blob: string) => string | Buffer) {
  const dir = repository();
  const blob = made(dir, '#!/bin/sh\n', 'hash-object', '-w', '--stdin');
  const input = entries(dir, blob);
  const words = ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'];
  const tree = made(dir, input, ...words);
  const commit = git(dir, 'commit-tree', '-m', 'evil', tree);
  git(dir, 'update-ref', 'refs/heads/main', commit);
  // As somebody sends it who does not look first.
  const file = path.join(temporaryFolder(), 'tree.pack');
  const wish = { revisions: [commit], file, maxBytes: MIB };
  const written = await writePack({ cwd: dir, env: GIT_ENV }, wish);
  if (written.kind !== 'written') throw new Error(written.kind);
  const source = { ...written, kind: 'pack', history: 'whole' } as const;
  return { tree: { commit, prefix: '', source }, file };
}

const treeEntry = (mode: string, name: string, id: string) =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);

describe('a pack', () => {
  test('with history is all of it', async () => {
    const dir = repository();
    writeFileSync(path.join(dir, 'a.txt'), 'two\n');
    const commit = commitAll(dir, 'second');
    const host = new WorkerHost();
    const found = await host.find(await sent(dir));
    const place = path.join(host.basesDir, `${commit}-whole`);
    const objectsDir = path.join(place, 'objects');
    expect(found).toEqual({ kind: 'found', base: { commit, objectsDir, isShallow: false } });
    expect(git(place, 'rev-list', '--count', commit)).toBe('2');
    expect(statSync(host.basesDir).mode & 0o777).toBe(0o700);
    expect(statSync(place).mode & 0o777).toBe(0o700);
  });

  test('without is the commit under its own id', async () => {
    const dir = repository();
    writeFileSync(path.join(dir, 'large'), randomBytes(100_000));
    commitAll(dir, 'large');
    writeFileSync(path.join(dir, 'large'), 'small\n');
    const commit = commitAll(dir, 'small');
    const host = new WorkerHost();
    const found = await host.find(await sent(dir, '', 50_000));
    expect(found).toMatchObject({ kind: 'found', base: { commit, isShallow: true } });
    const place = path.join(host.basesDir, `${commit}-alone`);
    expect(git(place, 'log', '--format=%H %s', commit)).toBe(`${commit} small`);
    expect(git(place, 'show', `${commit}:large`)).toBe('small');
  });

  test('of a SHA-256 repository', async () => {
    const host = new WorkerHost();
    const found = await host.find(await sent(repository('--object-format=sha256')));
    expect(found).toMatchObject({ kind: 'found', base: { commit: expect.stringMatching(/^.{64}$/) } });
  });

  test('comes once, however many want it', async () => {
    const { from } = await shared();
    const host = new WorkerHost();
    await Promise.all([host.find(from), host.find(from), host.find(from)]);
    await host.find(from);
    expect(host.brought).toBe(1);
  });

  test('comes to two workers of one host at once, and one of them is the one that stays', async () => {
    const { from } = await shared();
    const one = new WorkerHost();
    const other = new WorkerHost({ dir: one.dir });
    const found = await Promise.all([one.find(from), other.find(from)]);
    expect(found.map(({ kind }) => kind)).toEqual(['found', 'found']);
    expect(readdirSync(one.basesDir)).toEqual([`${from.tree.commit}-whole`]);
  });

  test('in the middle of which a worker was killed hinders nobody, and goes in time', async () => {
    const { from } = await shared();
    const host = new WorkerHost();
    mkdirSync(path.join(host.basesDir, '.coming-killed', 'objects'), { recursive: true });
    expect(await host.find(from)).toMatchObject({ kind: 'found' });
    const used = statSync(path.join(host.basesDir, '.coming-killed')).mtimeMs;
    host.clock.advance(used + 1_000);
    await host.find(from);
    await host.bases.removeUnused(used + 500, new Set());
    expect(readdirSync(host.basesDir)).toEqual([`${from.tree.commit}-whole`]);
  });

  test('goes when it is long unused, unless a tree still borrows from it', async () => {
    const { from } = await shared();
    const host = new WorkerHost();
    const tree = await host.callTree(from);
    await host.bases.removeUnused(1, await host.trees.basesInUse());
    expect(readdirSync(host.basesDir)).toHaveLength(1);
    await host.trees.remove(tree);
    await host.bases.removeUnused(1, await host.trees.basesInUse());
    expect(readdirSync(host.basesDir)).toEqual([]);
  });
});

describe('other bytes than were named', () => {
  async function tampered(change: (bytes: Buffer) => readonly Uint8Array[]) {
    const { from } = await shared();
    const host = new WorkerHost();
    const found = await host.find(from, change(readFileSync(from.file ?? '')));
    expect(readdirSync(host.basesDir)).toEqual([]);
    return { found, host, from };
  }

  test.each<[string, (bytes: Buffer) => readonly Uint8Array[], string]>([
    ['fewer', (bytes) => [bytes.subarray(0, 20)], '20 of its'],
    ['none', () => [], '0 of its'],
    ['more', (bytes) => [bytes, Buffer.from('x')], 'more came than'],
    ['others', (bytes) => [bytes.subarray(0, -1), Buffer.from('x')], 'its hash is'],
  ])('%s', async (_, change, words) => {
    const { found, host, from } = await tampered(change);
    expect(found).toEqual({ kind: 'failed', message: expect.stringContaining(words) });
    expect(await host.find(from)).toMatchObject({ kind: 'found' });
  });

  test('a sender that fails', async () => {
    const { from } = await shared();
    const host = new WorkerHost();
    const found = await host.bases.find(from.tree, async function* () {
      yield Buffer.from('PACK');
      throw new Error('the queue is gone');
    });
    expect(found).toMatchObject({ kind: 'failed', message: expect.stringContaining('the queue is gone') });
  });

  test('a pack of another commit', async () => {
    const { from } = await shared();
    const other = repository();
    writeFileSync(path.join(other, 'a.txt'), 'other\n');
    const tree: TravellingTree = { ...from.tree, commit: commitAll(other, 'other') };
    const found = await new WorkerHost().find({ ...from, tree });
    expect(found).toMatchObject({ kind: 'failed', message: expect.stringContaining('did not come whole') });
  });

  test('one that lacks a file', async () => {
    const { from } = await shared();
    const dir = repository();
    const blob = git(dir, 'rev-parse', 'HEAD:sub/b.txt');
    const ids = git(dir, 'rev-list', '--objects', 'HEAD')
      .split('\n')
      .map((line) => line.split(' ')[0]);
    const input = ids.filter((id) => id !== blob).join('\n');
    const bytes = execFileSync('git', ['pack-objects', '--stdout', '--quiet'], {
      cwd: dir,
      env: GIT_ENV,
      input,
    });
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const source = { kind: 'pack', history: 'whole', sha256, bytes: bytes.length } as const;
    const found = await new WorkerHost().find({ ...from, tree: { ...from.tree, source } }, [bytes]);
    expect(found).toMatchObject({ kind: 'failed' });
  });
});

describe('trees that no git would make', () => {
  test.each(['.git', '.GIT', '..', '.', 'git~1', '.g\u200cit'])('with %j in it', async (name) => {
    const from = await evil((_, blob) => treeEntry('100755', name, blob));
    expect(await new WorkerHost().find(from)).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('did not come whole'),
    });
  });

  test('with a slash in a name', async () => {
    const from = await evil((_, blob) => treeEntry('100755', '../x', blob));
    expect(await new WorkerHost().find(from)).toMatchObject({ kind: 'failed' });
  });

  test('with a link and a folder of one name', async () => {
    const from = await evil((dir, blob) => {
      const link = made(dir, '/tmp', 'hash-object', '-w', '--stdin');
      const sub = made(dir, `100644 blob ${blob}\tx\n`, 'mktree');
      return Buffer.concat([treeEntry('120000', 'a', link), treeEntry('40000', 'a', sub)]);
    });
    expect(await new WorkerHost().find(from)).toMatchObject({ kind: 'failed' });
  });

  test('with submodules that name an option as their address', async () => {
    const from = await evil((dir) => {
      const modules = '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch\n';
      return treeEntry('100644', '.gitmodules', made(dir, modules, 'hash-object', '-w', '--stdin'));
    });
    expect(await new WorkerHost().find(from)).toMatchObject({ kind: 'failed' });
  });

  test('that unfold to more than a host takes', async () => {
    const from = await evil((dir) => {
      const blob = made(dir, Buffer.alloc(MIB / 8), 'hash-object', '-w', '--stdin');
      const sub = made(
        dir,
        Array.from({ length: 5 }, (_, n) => `100644 blob ${blob}\t${n}\n`).join(''),
        'mktree',
      );
      return Buffer.concat(['a', 'b'].map((name) => treeEntry('40000', name, sub)));
    });
    expect(from.tree.source).toMatchObject({ kind: 'pack' });
    expect(await new WorkerHost().find(from)).toEqual({
      kind: 'failed',
      message: expect.stringMatching(/are 1310720 bytes, and this host takes 1048576/),
    });
  });

  test('from long ago are taken: their faults are in nobody’s way', async () => {
    const from = await evil((dir, blob) => {
      const sub = made(dir, `100644 blob ${blob}\tx\n`, 'mktree');
      return treeEntry('040000', 'sub', sub);
    });
    expect(await new WorkerHost().find(from)).toMatchObject({ kind: 'found' });
  });
});

describe('a remote', () => {
  function upstream() {
    const dir = repository();
    const first = git(dir, 'rev-parse', 'HEAD');
    writeFileSync(path.join(dir, 'a.txt'), 'two\n');
    const commit = commitAll(dir, 'second');
    const tree = (url: string, id = commit): TravellingTree => ({
      commit: id,
      prefix: '',
      source: { kind: 'remote', url },
    });
    return { dir, first, commit, tree };
  }

  test('is fetched from: that commit, and no more', async () => {
    const { dir, commit, tree } = upstream();
    const host = new WorkerHost();
    const found = await host.find({ tree: tree(`file://${dir}`), file: undefined });
    expect(found).toMatchObject({ kind: 'found', base: { commit, isShallow: true } });
    const place = path.join(host.basesDir, `${commit}-alone`);
    expect(git(place, 'rev-list', '--count', commit)).toBe('1');
    expect(git(place, 'for-each-ref')).toBe('');
    expect(host.brought).toBe(0);
  });

  test('also for a commit that is no tip', async () => {
    const { dir, first, tree } = upstream();
    const found = await new WorkerHost().find({ tree: tree(`file://${dir}`, first), file: undefined });
    expect(found).toMatchObject({ kind: 'found', base: { commit: first } });
  });

  test('by the names and credentials of the worker’s own user', async () => {
    const { dir, commit, tree } = upstream();
    const config = path.join(temporaryFolder(), 'config');
    writeFileSync(config, `[url "file://${dir}"]\n\tinsteadOf = https://git.example.com/a.git\n`);
    const host = new WorkerHost({ env: { GIT_CONFIG_GLOBAL: config } });
    const found = await host.find({ tree: tree('https://git.example.com/a.git'), file: undefined });
    expect(found).toMatchObject({ kind: 'found', base: { commit } });
  });

  test('that lacks the commit says so', async () => {
    const { dir, tree } = upstream();
    const url = `file://${dir}`;
    const found = await new WorkerHost().find({ tree: tree(url, 'a'.repeat(40)), file: undefined });
    expect(found).toEqual({
      kind: 'failed',
      message: expect.stringContaining(`could not be fetched from ${url}`),
    });
  });

  test('is no folder of the worker’s host, nor a program, unless somebody wants that', async () => {
    const { dir, tree } = upstream();
    const host = new WorkerHost({ protocols: 'https:ssh' });
    for (const url of [dir, `file://${dir}`, `ext::sh -c touch% ${dir}/pwned`]) {
      expect(await host.find({ tree: tree(url), file: undefined })).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('not allowed'),
      });
    }
    expect(readdirSync(dir)).not.toContain('pwned');
  });
});

test('a link where the folder should be is not followed', async () => {
  const { from } = await shared();
  const dir = temporaryFolder();
  const elsewhere = temporaryFolder();
  symlinkSync(elsewhere, path.join(dir, 'bases'));
  const found = await new WorkerHost({ dir }).find(from);
  expect(found).toMatchObject({ kind: 'failed', message: expect.stringContaining('is no folder') });
  expect(readdirSync(elsewhere)).toEqual([]);
});
