/** What a run on other hosts may begin with: refused before it begins, and the same for every attempt. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { commitAll, git } from '../../../support/git/git-repository.ts';
import { TreeRig } from '../../../support/queue/tree-rig.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const refs = ({ repo }: TreeRig): string => git(repo, 'for-each-ref', '--format=%(refname)', 'refs/andwait');

test('a clean tree travels unasked, its commit is on record and kept by a ref, and what was made for it goes', async () => {
  const rig = new TreeRig();
  const started = await rig.start({ cwd: path.join(rig.repo, 'sub') });
  const head = git(rig.repo, 'rev-parse', 'HEAD');
  const tree = { commit: head, prefix: 'sub/', source: { kind: 'pack', history: 'whole' } };
  expect(started.start).toMatchObject({ repository: rig.repo, tree, notes: [] });
  expect(started.options.tree).toMatchObject({ choice: 'committed', start: { repository: rig.repo, tree } });
  expect(git(rig.repo, 'rev-parse', 'refs/andwait/r-1')).toBe(head);
  const state = path.dirname(path.dirname(started.start?.file ?? ''));
  expect(readdirSync(state)).toHaveLength(1);
  await started.over();
  expect(readdirSync(state)).toEqual([]);
  await started.abandoned();
  expect(refs(rig)).toBe('');
});

test('what goes on starts from the same, whatever became of the branch', async () => {
  const rig = new TreeRig();
  const { options, start } = await rig.start();
  writeFileSync(path.join(rig.repo, 'a.txt'), 'later');
  commitAll(rig.repo, 'later');
  writeFileSync(path.join(rig.repo, 'a.txt'), 'not committed');
  const again = await rig.start({}, JSON.parse(JSON.stringify(options)));
  expect(again.start?.tree).toEqual(start?.tree);
  expect(again.options.tree).toEqual(options.tree);
  await expect(rig.start({ choice: 'as-is' }, options)).rejects.toThrow(
    'run r-1 was begun with --tree committed, and all of its agents start from the same; leave --tree as-is out',
  );
  expect((await rig.start({ choice: 'committed' }, options)).start?.tree).toEqual(start?.tree);
  const gone = {
    choice: 'committed',
    start: { repository: temporaryFolder(), tree: start?.tree ?? {} },
  } as const;
  await expect(rig.start({}, { ...options, tree: gone })).rejects.toThrow('any more');
  const odd = { choice: 'committed', start: { repository: rig.repo, tree: { commit: 'main' } } } as const;
  await expect(rig.start({}, { ...options, tree: odd })).rejects.toThrow(
    'cannot be read from its record (commit:',
  );
});

test('nothing travels where nothing is to: with none, in a rehearsal, and without a queue', async () => {
  const rig = new TreeRig();
  const none = await rig.start({ choice: 'none', cwd: temporaryFolder() });
  expect([none.start, none.options.tree]).toEqual([undefined, { choice: 'none' }]);
  expect((await rig.start({}, none.options)).start).toBeUndefined();
  const outside = { cwd: temporaryFolder() };
  expect((await rig.start(outside, { rehearse: true })).start).toBeUndefined();
  expect((await rig.start({ ...outside, isElsewhere: false })).start).toBeUndefined();
  await expect(rig.start({ isElsewhere: false, choice: 'none' })).rejects.toThrow(
    '--tree none says what travels to other hosts, and no queue is given',
  );
  expect(refs(rig)).toBe('');
});

test('a run whose edits could not come back is refused', async () => {
  const rig = new TreeRig();
  git(rig.repo, 'branch', 'andwait');
  await expect(rig.start()).rejects.toThrow('there is a branch "andwait"');
});

test.each(['--tree committed', '--tree as-is', '--tree none'])('a refusal names %s', async (flag) => {
  const rig = new TreeRig();
  await expect(rig.start({ cwd: temporaryFolder() })).rejects.toThrow(flag);
  writeFileSync(path.join(rig.repo, 'a.txt'), 'changed');
  await expect(rig.start()).rejects.toThrow(flag);
});
