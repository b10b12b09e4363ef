/** Agents in working trees of their own: what is merged, what is kept, and what is said of it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { RecipeProject } from '../support/documents/recipe-project.ts';
import { suiteFolder } from '../support/programs/shell-project.ts';

const suite = suiteFolder();

/** Its prompt is sh: what a task asks for is what is done. */
async function project(): Promise<RecipeProject> {
  const made = new RecipeProject(suite);
  made.agent('. /dev/stdin');
  made.write('.gitconfig', '[user]\nname = t\nemail = t@example.org\n');
  made.write('work/shared', 'start\n');
  made.write('tmp/.keep', '');
  await made.sh('cd work && git init -q . && git add . && git commit -qm start');
  return made;
}

async function fanOut(made: RecipeProject, tasks: readonly string[], before = '') {
  const file = made.write('tasks', tasks.join('\n'));
  const env = { TMPDIR: path.join(made.cwd, 'tmp') };
  const ended = await made.sh(`cd work && ${before} ../recipes/legacy-worktrees.sh < ${file}`, env);
  const { stdout: left } = await made.sh(
    'ls tmp; cd work; git branch --format="%(refname:short)"; git status --short',
  );
  return {
    ...ended,
    left: left
      .replaceAll(/fan-out-[\d-]*-/g, 'fan-out-')
      .trimEnd()
      .split('\n'),
  };
}

const inWork = ({ cwd }: RecipeProject, file: string): string => path.join(cwd, 'work', file);
const MAIN = /^(master|main)$/;

test.each(['', 'andwait exec --'])('merges what each did, and leaves nothing else (%s)', async (before) => {
  const made = await project();
  const tasks = [
    'echo "$PWD" > "it\'s \\"one\\""',
    '',
    'echo 2 > two; git add two; git commit -qm own',
    '# nothing to do',
  ];
  const { code, stderr, left } = await fanOut(made, tasks, before);
  expect(code).toBe(0);
  expect(stderr).toContain('worktrees: changed nothing: # nothing to do\nworktrees: 2 of 3 merged\n');
  expect(left).toEqual([expect.stringMatching(MAIN)]);
  expect(readFileSync(inWork(made, 'it\'s "one"'), 'utf8')).not.toBe(`${made.cwd}/work\n`);
  expect(existsSync(inWork(made, 'two'))).toBe(true);
  const { stdout: log } = await made.sh('git -C work log --first-parent --format=%s');
  expect(log.split('\n')[0]).toMatch(/^Merge fan-out-[\d-]+-2: echo 2 > two/);
});

test('a failed agent: the others are merged, its changes are kept, and all of it fails', async () => {
  const made = await project();
  const own = 'echo own > own; git add own; git commit -qm own; exit 1';
  const tasks = ['echo half > half; exit 1', 'exit 1', 'echo 3 > three', own];
  const { code, stderr, left } = await fanOut(made, tasks);
  expect(code).toBe(1);
  expect(stderr).toContain('worktrees: failed: echo half > half; exit 1\nworktrees: failed: exit 1\n');
  expect(stderr).not.toContain('changed nothing');
  expect(stderr).toMatch(/kept, because not merged: branch fan-out-[\d-]+-4\n/);
  expect(stderr).toContain('worktrees: 1 of 4 merged\n');
  const [, kept = ''] = /kept, because not committed: (.*)\n/.exec(stderr) ?? [];
  expect(readFileSync(path.join(kept, 'half'), 'utf8')).toBe('half\n');
  expect(left).toEqual([
    expect.stringMatching(/^tmp\./),
    'fan-out-1',
    'fan-out-4',
    expect.stringMatching(MAIN),
  ]);
  expect(existsSync(inWork(made, 'three'))).toBe(true);
});

test('a conflict: stops there, says which, and keeps the branches', async () => {
  const made = await project();
  const tasks = ['echo 1 > shared', 'echo 2 > shared', 'echo 3 > three'];
  const { code, stderr, left } = await fanOut(made, tasks);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /cannot be merged: fan-out-[\d-]+-2 \(echo 2 > shared\); stopped there, 1 of 3 are merged:\n[\s\S]*Merge conflict in shared\n/,
  );
  expect(stderr.match(/kept, because not merged: branch fan-out-[\d-]+-[23]\n/g)).toHaveLength(2);
  expect(left).toEqual(['fan-out-2', 'fan-out-3', expect.stringMatching(MAIN)]);
  expect(readFileSync(inWork(made, 'shared'), 'utf8')).toBe('1\n');
});

test('begins nothing on top of uncommitted changes', async () => {
  const made = await project();
  made.write('work/shared', 'mine\n');
  const { code, stderr, left } = await fanOut(made, ['touch x']);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'worktrees: there are uncommitted changes: commit or stash them first\n',
  });
  expect(left).toEqual([expect.stringMatching(MAIN), ' M shared']);
});
