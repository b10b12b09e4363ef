/** There and back: what the run's own repository has in the end, and what it never has. */

import { randomBytes } from 'node:crypto';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectEdits, type EditsCollected } from '../../../../../src/agent/worktree/travel/collect-edits.ts';
import { type KeepWish, keepEdits } from '../../../../../src/agent/worktree/travel/keep-edits.ts';
import { commitAll, GIT_ENV, git, repository } from '../../../../support/git/git-repository.ts';
import { chunks, MIB, sent, WorkerHost } from '../../../../support/git/travelling-trees.ts';

type Edits = EditsCollected & { readonly kind: 'edits' };

/** The edits of an agent that wrote `files`; `maxBytes` of the tree that it was sent. */
async function edited(dir: string, files: Readonly<Record<string, string | Buffer>>, maxBytes?: number) {
  const from = await sent(dir, '', maxBytes);
  const host = new WorkerHost();
  const tree = await host.callTree(from, 4);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(tree.cwd, name), text);
  const collected = await collectEdits({ tree, env: host.env, maxBytes: 8 * MIB });
  if (collected.kind !== 'edits') throw new Error(JSON.stringify(collected));
  return { collected, from, tree };
}

async function keep(
  dir: string,
  { edits, file }: Pick<Edits, 'edits' | 'file'>,
  more: Partial<KeepWish> = {},
) {
  const base = git(dir, 'rev-parse', 'main');
  const bring = () => createReadStream(file);
  return await keepEdits(
    { cwd: dir, env: GIT_ENV },
    { base, runId: 'r-1', callId: 4, edits, bring, ...more },
  );
}

const refs = (dir: string) => git(dir, 'for-each-ref', '--format=%(refname)').split('\n');

describe('there and back', () => {
  test.each([
    ['with history', undefined],
    ['without', 20_000],
  ])('%s: on top of the very commit, on the branch of the call', async (_, maxBytes) => {
    const dir = repository();
    writeFileSync(path.join(dir, 'old'), randomBytes(30_000));
    commitAll(dir, 'old');
    git(dir, 'rm', '--quiet', 'old');
    git(dir, 'commit', '--quiet', '-m', 'base');
    const { collected, from } = await edited(dir, { 'a.txt': 'changed\n', new: 'x\n' }, maxBytes);
    expect(from.tree.source).toMatchObject({ history: maxBytes === undefined ? 'whole' : 'none' });
    expect(await keep(dir, collected)).toEqual({
      kind: 'kept',
      worktree: {
        path: dir,
        branch: 'andwait/r-1/4',
        diffStat: expect.stringMatching(/a\.txt \| 2 \+-\n new {3}\| 1 \+\n 2 files changed/),
      },
    });
    expect(refs(dir)).toEqual(['refs/heads/andwait/r-1/4', 'refs/heads/main']);
    expect(git(dir, 'log', '--format=%s', 'andwait/r-1/4').split('\n')).toEqual([
      'What the agent left uncommitted',
      'base',
      'old',
      'first',
    ]);
    expect(git(dir, 'rev-parse', 'andwait/r-1/4^')).toBe(git(dir, 'rev-parse', 'main'));
    expect(git(dir, 'status', '--porcelain')).toBe('');
    expect(git(dir, 'fsck', '--strict', '--no-dangling')).toBe('');
    git(dir, 'merge', '--quiet', 'andwait/r-1/4');
  });

  test('only what is new: a large file that changed by a line', async () => {
    const dir = repository();
    const lines = Array.from({ length: 5_000 }, () => randomBytes(30).toString('hex')).join('\n');
    writeFileSync(path.join(dir, 'large'), lines);
    commitAll(dir, 'large');
    const { collected } = await edited(dir, { large: `${lines}\nmore` });
    expect(collected.edits.bytes).toBeLessThan(2_000);
    expect(await keep(dir, collected)).toMatchObject({ kind: 'kept' });
    expect(git(dir, 'show', 'andwait/r-1/4:large')).toBe(`${lines}\nmore`);
  });

  test('small edits leave no pack, large ones leave one, which is whole by itself', async () => {
    const dir = repository();
    const lines = Array.from({ length: 500 }, () => randomBytes(30).toString('hex')).join('\n');
    writeFileSync(path.join(dir, 'lines'), lines);
    commitAll(dir, 'lines');
    const packs = () => /^packs: (\d+)$/m.exec(git(dir, 'count-objects', '--verbose'))?.[1];
    await keep(dir, (await edited(dir, { new: 'x' })).collected);
    expect(packs()).toBe('0');
    const files = { large: randomBytes(2 * MIB), lines: `${lines}\nmore` };
    const large = await keep(dir, (await edited(dir, files)).collected, { callId: 5 });
    expect(large).toMatchObject({ kind: 'kept' });
    expect(packs()).toBe('1');
    expect(git(dir, 'show', 'andwait/r-1/5:lines')).toBe(`${lines}\nmore`);
  });

  test('of an agent that went back to an earlier commit', async () => {
    const dir = repository();
    writeFileSync(path.join(dir, 'new'), 'x');
    commitAll(dir, 'second');
    const host = new WorkerHost();
    const tree = await host.callTree(await sent(dir));
    git(tree.cwd, 'reset', '--quiet', '--hard', 'HEAD^');
    const collected = await collectEdits({ tree, env: host.env, maxBytes: MIB });
    if (collected.kind !== 'edits') throw new Error(collected.kind);
    expect(await keep(dir, collected)).toMatchObject({ kind: 'kept' });
    expect(git(dir, 'rev-parse', 'andwait/r-1/4')).toBe(git(dir, 'rev-parse', 'main^'));
  });
});

describe('branches', () => {
  test('twice the same is one', async () => {
    const dir = repository();
    const { collected } = await edited(dir, { new: 'x' });
    const [one, other] = [await keep(dir, collected), await keep(dir, collected)];
    expect(other).toEqual(one);
    expect(refs(dir)).toEqual(['refs/heads/andwait/r-1/4', 'refs/heads/main']);
  });

  test('at once, too', async () => {
    const dir = repository();
    const { collected } = await edited(dir, { new: 'x' });
    const kept = await Promise.all([keep(dir, collected), keep(dir, collected), keep(dir, collected)]);
    expect(kept.map((one) => one.kind)).toEqual(['kept', 'kept', 'kept']);
    expect(refs(dir)).toEqual(['refs/heads/andwait/r-1/4', 'refs/heads/main']);
  });

  test('with other content stay as they are', async () => {
    const dir = repository();
    const before = git(dir, 'rev-parse', 'main');
    git(dir, 'branch', 'andwait/r-1/4');
    const { collected } = await edited(dir, { new: 'x' });
    expect(await keep(dir, collected)).toMatchObject({ worktree: { branch: 'andwait/r-1/4-2' } });
    expect(await keep(dir, collected)).toMatchObject({ worktree: { branch: 'andwait/r-1/4-2' } });
    expect(git(dir, 'rev-parse', 'andwait/r-1/4')).toBe(before);
  });

  test('that cannot be made are a failure in git’s words', async () => {
    const dir = repository();
    git(dir, 'branch', 'andwait');
    const { collected } = await edited(dir, { new: 'x' });
    expect(await keep(dir, collected)).toEqual({
      kind: 'failed',
      message: expect.stringMatching(/branch andwait\/r-1\/4 cannot be made: .*refs\/heads\/andwait/),
    });
  });

  test('are none of an id that is none', async () => {
    const dir = repository();
    const { collected } = await edited(dir, { new: 'x' });
    expect(await keep(dir, collected, { runId: 'r-1/4/../x' })).toEqual({
      kind: 'failed',
      message: '"r-1/4/../x" is no run\'s id',
    });
    expect(await keep(dir, collected, { runId: 'some/run' })).toMatchObject({ kind: 'failed' });
    expect(refs(dir)).toEqual(['refs/heads/main']);
  });
});

describe('no branch', () => {
  async function refused(change: (edits: Edits, dir: string) => Partial<KeepWish>) {
    const dir = repository();
    const { collected } = await edited(dir, { new: 'x' });
    const kept = await keep(dir, collected, change(collected, dir));
    expect(refs(dir)).toEqual(['refs/heads/main']);
    return kept;
  }

  test('of a pack that was changed on its way', async () => {
    const kept = await refused(({ file }) => ({
      bring: () => chunks([readFileSync(file).subarray(0, -1), Buffer.from('x')]),
    }));
    expect(kept).toMatchObject({ kind: 'failed', message: expect.stringContaining('its hash is') });
  });

  test('of a pack that came in part', async () => {
    const kept = await refused(({ file }) => ({ bring: () => chunks([readFileSync(file).subarray(0, 40)]) }));
    expect(kept).toMatchObject({ kind: 'failed', message: expect.stringContaining('did not come whole') });
  });

  test('of a commit that is not in it', async () => {
    const kept = await refused(({ edits }) => ({ edits: { ...edits, tip: 'a'.repeat(40) } }));
    expect(kept).toMatchObject({ kind: 'failed', message: expect.stringContaining('not whole') });
  });

  test('of what is no commit', async () => {
    const kept = await refused(({ edits }, dir) => ({
      edits: { ...edits, tip: git(dir, 'rev-parse', 'main^{tree}') },
    }));
    expect(kept).toMatchObject({ kind: 'failed' });
  });

  test('when the commit it started from is gone', async () => {
    const kept = await refused(() => ({ base: 'b'.repeat(40) }));
    expect(kept).toMatchObject({ kind: 'failed', message: expect.stringContaining('no longer there') });
  });
});
