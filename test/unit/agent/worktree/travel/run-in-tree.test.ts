/** A call on a worker from its tree to its edits, and what stays there when they cannot go. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runInTree, type TreeCall } from '../../../../../src/agent/worktree/travel/run-in-tree.ts';
import { failure } from '../../../../../src/core/outcome.ts';
import { reply } from '../../../../support/calls.ts';
import { git } from '../../../../support/git/git-repository.ts';
import { MIB, sharedTree, WorkerHost } from '../../../../support/git/travelling-trees.ts';

const shared = sharedTree();

async function run({ work, ...more }: Partial<TreeCall> & Pick<TreeCall, 'work'>) {
  const { from } = await shared();
  const tree = { ...from.tree, prefix: 'sub/' };
  const host = new WorkerHost({ env: { GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index' } });
  const { bases, trees, env } = host;
  const delivered: Buffer[] = [];
  const ended = await runInTree(
    { bases, trees, env, maxBytes: MIB, host: 'worker-3' },
    {
      runId: 'r-1',
      call: { id: 4 },
      tree,
      bring: () => [readFileSync(from.file ?? '')] as unknown as AsyncIterable<Uint8Array>,
      deliver: async (_, file) => {
        delivered.push(readFileSync(file));
      },
      signal: new AbortController().signal,
      counts: () => true,
      work,
      ...more,
    },
  );
  const owners = existsSync(host.treesDir) ? readdirSync(host.treesDir) : [];
  const own = owners.filter((name) => name !== 'kept');
  const left = own.flatMap((owner) => readdirSync(path.join(host.treesDir, owner)));
  return { ended, delivered, left, host };
}

test('edits are delivered, and the tree is gone', async () => {
  const { ended, delivered, left } = await run({
    work: async ({ cwd, env }) => {
      expect(cwd).toMatch(/tree\/sub$/);
      expect(env['GIT_DIR']).toBeUndefined();
      writeFileSync(path.join(cwd, 'new'), 'x');
      return failure('timeout', 'too slow');
    },
  });
  expect(ended).toMatchObject({ outcome: { kind: 'failure', reason: 'timeout' }, stayed: undefined });
  expect(delivered.map(({ length }) => length)).toEqual([ended.edits?.bytes]);
  expect(left).toEqual([]);
});

test('no edits, nothing to deliver', async () => {
  const { ended, delivered, left } = await run({ work: async () => reply('done') });
  expect(ended).toMatchObject({ outcome: { text: 'done' }, edits: undefined, stayed: undefined });
  expect([delivered, left]).toEqual([[], []]);
});

test('what cannot be delivered stays, and is said to', async () => {
  const { ended, left } = await run({
    work: async ({ cwd }) => {
      writeFileSync(path.join(cwd, 'new'), 'x');
      return reply('done');
    },
    deliver: async () => {
      throw new Error('the queue is gone');
    },
  });
  const { edits, stayed } = ended;
  expect(edits).toBeUndefined();
  expect(stayed).toMatchObject({ branch: 'andwait/r-1/4', diffStat: 'not sent: the queue is gone' });
  const [host, root = ''] = stayed?.path.split(':') ?? [];
  expect(host).toBe('worker-3');
  expect(existsSync(path.join(root, 'sub/new'))).toBe(true);
  expect(left).toEqual([]);
});

test('edits that do not count go with the tree, also when they cease to while they are sent', async () => {
  const work: TreeCall['work'] = async ({ cwd }) => {
    writeFileSync(path.join(cwd, 'new'), 'x');
    return reply('too late');
  };
  const early = await run({ work, counts: () => false });
  expect([early.ended.edits, early.ended.stayed, early.delivered, early.left]).toEqual([
    undefined,
    undefined,
    [],
    [],
  ]);
  let isLost = false;
  const deliver = async (): Promise<void> => {
    isLost = true;
    throw new Error('the lock is gone');
  };
  const late = await run({ work, deliver, counts: () => !isLost });
  expect([late.ended.stayed, late.left]).toEqual([undefined, []]);
  expect(existsSync(late.host.trees.keptDir)).toBe(false);
});

test('who is stopped before the tree is there has no agent', async () => {
  const stop = new AbortController();
  const never = new Promise<never>(() => {});
  const { ended, left } = await run({
    signal: stop.signal,
    bring: async function* () {
      stop.abort();
      yield await never;
    },
    work: async () => reply('done'),
  });
  expect(ended.outcome).toMatchObject({ kind: 'failure', reason: 'stopped' });
  expect(left).toEqual([]);
});

test('a repository inside stays, and all else goes', async () => {
  const { ended, delivered } = await run({
    work: async ({ cwd }) => {
      writeFileSync(path.join(cwd, 'new'), 'x');
      mkdirSync(path.join(cwd, 'inner'));
      git(path.join(cwd, 'inner'), 'init', '--quiet');
      return reply('done');
    },
  });
  expect(delivered).toHaveLength(1);
  expect(ended.edits).toBeDefined();
  expect(ended.stayed?.diffStat).toBe('not sent: repositories inside do not travel: sub/inner');
});

test('without a tree there is no agent', async () => {
  let started = false;
  const { from } = await shared();
  const { bases, trees, env } = new WorkerHost();
  const ended = await runInTree(
    { bases, trees, env, maxBytes: MIB, host: 'worker-3' },
    {
      runId: 'r-1',
      call: { id: 4 },
      tree: from.tree,
      bring: async function* () {
        yield Buffer.from('no pack');
      },
      deliver: async () => {},
      signal: new AbortController().signal,
      counts: () => true,
      work: async () => {
        started = true;
        return reply('done');
      },
    },
  );
  expect(started).toBe(false);
  expect(ended.outcome).toMatchObject({
    kind: 'failure',
    reason: 'worktree-failed',
    message: expect.stringContaining('did not come whole'),
  });
});
