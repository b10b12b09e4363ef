/** Edits from the agent's tree to a branch of the run's repository, whichever of client, host and server dies in between. */

import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { AgentCall } from '../../../../src/core/call.ts';
import { LOOK_MS } from '../../../../src/queue/next-look.ts';
import { GIT_ENV, git } from '../../../support/git/git-repository.ts';
import { until } from '../../../support/looking.ts';
import { call, Heard, never, said } from '../../../support/queue/queue-rig.ts';
import { TreeRig, type Work } from '../../../support/queue/tree-rig.ts';

const writes: Work = async (cwd, { prompt }) => {
  writeFileSync(path.join(cwd, `${prompt}.txt`), prompt);
  return said(`wrote ${prompt}`);
};

const asked = (prompt: string, id: number): AgentCall => ({ ...call(prompt), id, isolation: 'worktree' });

const branches = ({ repo }: TreeRig): string[] =>
  git(repo, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/andwait').split('\n').filter(Boolean);

const changed = ({ repo }: TreeRig, branch: string): string =>
  git(repo, 'diff', '--name-only', 'main', branch);

/** Of all calls of one worker of that host. */
function left(rig: TreeRig, host: string): string[] {
  const calls = path.join(rig.dirOf(host), 'calls');
  return readdirSync(calls).flatMap((owner) => readdirSync(path.join(calls, owner)));
}

test('every call has a tree of its own, isolated or not; its edits are on its branch, and nothing is left behind', async () => {
  const rig = new TreeRig();
  const client = await rig.client();
  rig.worker('one', writes, 2);
  const plain = { ...call('b'), id: 2 };
  const outcomes = await Promise.all(
    [asked('a', 1), plain].map((each) => client.run(each, new Heard(), never)),
  );
  expect(outcomes).toMatchObject([
    { text: 'wrote a', worktree: { path: rig.repo, branch: 'andwait/r-1/1' } },
    { text: 'wrote b', worktree: { branch: 'andwait/r-1/2', diffStat: expect.stringContaining('b.txt') } },
  ]);
  expect(branches(rig).map((branch) => changed(rig, branch))).toEqual(['a.txt', 'b.txt']);
  await client.close();
  expect([...rig.queue.server.pieces.keys()]).toEqual([]);
  expect(left(rig, 'one')).toEqual([]);
});

test('who changed nothing has no branch', async () => {
  const rig = new TreeRig();
  const client = await rig.client();
  rig.worker('one', async () => said('read'));
  expect(await client.run(asked('a', 1), new Heard(), never)).toMatchObject(said('read'));
  expect(branches(rig)).toEqual([]);
});

test('a client that dies once the branch is there, and before it says so, leaves one branch to the next', async () => {
  const rig = new TreeRig();
  rig.worker('one', writes);
  const first = await rig.client();
  const outcome = await first.run(asked('a', 1), new Heard(), never);
  const again = await rig.client(await rig.start({}, (await rig.start()).options));
  // Of the next attempt: it has a number of its own, and its pack is gone.
  expect(await again.run(asked('a', 7), new Heard(), never)).toEqual(outcome);
  expect(branches(rig)).toEqual(['andwait/r-1/1']);
});

test('two agents that leave the very same commit have a branch each', async () => {
  const rig = new TreeRig();
  const client = await rig.client();
  const env = {
    ...GIT_ENV,
    GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
    GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  };
  rig.worker('one', async (cwd) => {
    writeFileSync(path.join(cwd, 'same.txt'), 'same');
    for (const words of [
      ['add', '.'],
      ['commit', '-qm', 'same'],
    ])
      execFileSync('git', words, { cwd, env });
    return said('done');
  });
  const outcomes = [asked('a', 1), asked('b', 2)].map((each) => client.run(each, new Heard(), never));
  expect(await Promise.all(outcomes)).toMatchObject([{ kind: 'reply' }, { kind: 'reply' }]);
  const tips = branches(rig).map((branch) => git(rig.repo, 'rev-parse', branch));
  expect([tips.length, new Set(tips).size]).toEqual([2, 1]);
});

test('a host that lost its job and comes late merges nothing, and leaves nothing', async () => {
  const rig = new TreeRig();
  const client = await rig.client();
  let isLate = (): void => {};
  const begun: string[] = [];
  rig.worker('late', async (cwd, { prompt }) => {
    writeFileSync(path.join(cwd, 'late.txt'), prompt);
    begun.push(cwd);
    await new Promise<void>((resolve) => {
      isLate = resolve;
    });
    return said('too late');
  });
  const outcome = client.run(asked('a', 1), new Heard(), never);
  await until(() => begun.length === 1);
  rig.worker('other', writes);
  for (const id of rig.queue.server.jobs.keys()) rig.queue.server.loseLock(id, true);
  expect(await outcome).toMatchObject({ text: 'wrote a' });
  isLate();
  await until(() => left(rig, 'late').length === 0);
  expect(branches(rig).map((branch) => changed(rig, branch))).toEqual(['a.txt']);
  await client.close();
  expect(rig.queue.server.pieces.size).toBe(0);
});

test('a server that lost all it had is sent what agents start from anew', async () => {
  const rig = new TreeRig();
  const client = await rig.client();
  const outcome = client.run(asked('a', 1), new Heard(), never);
  await until(() => rig.queue.server.jobs.size === 1);
  rig.queue.server.forgetAll();
  rig.worker('one', writes);
  rig.queue.clock.advance(LOOK_MS);
  expect(await outcome).toMatchObject({ text: 'wrote a', worktree: { branch: 'andwait/r-1/1' } });
});

test('edits that a server lost are a failure that a resume mends; what the agent cost is told', async () => {
  const rig = new TreeRig();
  const client = await rig.client();
  const { pieces } = rig.queue.server;
  const { set } = pieces;
  // The first is what agents start from.
  pieces.set = (name, bytes) => (pieces.size === 0 ? set.call(pieces, name, bytes) : pieces);
  rig.worker('one', writes);
  const outcome = await client.run(asked('a', 1), new Heard(), never);
  expect(outcome).toMatchObject({
    kind: 'failure',
    reason: 'worktree-failed',
    message: expect.stringMatching(/agent on one is through \(reply\).*not in the queue any more/),
    text: 'wrote a',
  });
  expect(branches(rig)).toEqual([]);
});

test('a server that is away while edits are taken in is waited for', async () => {
  const rig = new TreeRig();
  const client = await rig.client();
  const { server, clock } = rig.queue;
  rig.worker('one', writes);
  let asks = 0;
  const { get } = server.pieces;
  server.pieces.get = (name) => {
    asks += 1;
    // The first is the host's, for what its agent starts from.
    if (asks === 2) throw new Error('connect ECONNREFUSED');
    return get.call(server.pieces, name);
  };
  const heard = new Heard();
  const outcome = client.run(asked('a', 1), heard, never);
  await until(() => heard.warnings.length > 0);
  await rig.queue.settle();
  clock.advance(LOOK_MS);
  expect(await outcome).toMatchObject({ worktree: { branch: 'andwait/r-1/1' } });
  expect(branches(rig)).toHaveLength(1);
});

test('a repository that is gone is a failure of the call, not of the queue', async () => {
  const rig = new TreeRig();
  const started = await rig.start();
  const start = started.start && { ...started.start, repository: '/nowhere', file: undefined };
  const client = await rig.client({ ...started, start });
  expect(await client.run(asked('a', 1), new Heard(), never)).toMatchObject({
    reason: 'worktree-failed',
    message: expect.stringContaining('what agents start from cannot be sent'),
  });
});
