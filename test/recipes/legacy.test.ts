/** Recipes that call plain `claude -p`, as they stand: bare, and below `andwait exec`, where the same comes out and each call is journalled. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findRun, readResult, runIds } from '../../src/journal/find-run.ts';
import { GIT, RecipeProject } from '../support/documents/recipe-project.ts';
import { type Environment, suiteFolder } from '../support/programs/shell-project.ts';

const suite = suiteFolder();

function project(files: readonly string[] = ['a.js', 'b.js', 'c.js']) {
  const made = new RecipeProject(suite);
  made.agentLike('plain-claude');
  for (const name of files) made.write(`src/${name}`, 'x\n');
  const sh = (command: string, more: Environment = {}) => made.sh(command, { ANDWAIT_SLOTS: '3', ...more });
  /** Of the newest run. */
  const calls = () => readResult(findRun(made.state, runIds(made.state)[0] ?? ''))?.calls;
  return { cwd: made.cwd, sh, calls };
}

const did = (file: string) => `did: Review src/${file}.js for bugs. Be brief. (0 lines read)\n`;

interface Recipe {
  readonly name: string;
  /** In the project's folder. */
  readonly command: string;
  readonly calls: number;
  /** Some put what comes first first. */
  readonly sorted?: boolean;
  readonly stdout: string;
  readonly before?: string;
  readonly needs?: string;
}

const RECIPES: readonly Recipe[] = [
  {
    name: '& wait in sh',
    command: 'sh -c "recipes/legacy-wait.sh src/*.js"',
    calls: 4,
    stdout: 'did: Merge these reviews into one list, the worst first. (3 lines read)\n',
  },
  {
    name: 'xargs',
    command: `sh -c "printf '%s\\0' src/*.js | recipes/legacy-xargs.sh"`,
    calls: 3,
    sorted: true,
    stdout: did('a') + did('b') + did('c'),
  },
  {
    name: 'GNU parallel, in the order of its lines',
    command: `sh -c "printf '%s\\0' src/*.js | recipes/legacy-parallel.sh"`,
    calls: 3,
    stdout: did('a') + did('b') + did('c'),
    needs: '/usr/bin/parallel',
  },
  ...['legacy-pool.py', 'legacy-asyncio.py', 'legacy-pool.mjs'].map((file) => ({
    name: file,
    command: `recipes/${file} src/a.js src/b.js src/c.js`,
    calls: 3,
    stdout: `${JSON.stringify(
      Object.fromEntries(['a', 'b', 'c'].map((name) => [`src/${name}.js`, did(name).trimEnd()])),
      null,
      2,
    )}\n`,
    ...(file.endsWith('.py') ? { needs: '/usr/bin/python3' } : {}),
  })),
  {
    name: 'make -j8',
    command: "sh -c 'make -s -f recipes/legacy.mk -j8 && cat reviews/src/*.md && rm -r reviews'",
    calls: 3,
    stdout: did('a') + did('b') + did('c'),
    needs: '/usr/bin/make',
  },
  {
    name: 'git diff | claude -p',
    command: 'recipes/legacy-commit-message.sh',
    before: `git init -q . && git add src && ${GIT} commit -qm start && echo more >> src/a.js && git add src`,
    calls: 1,
    stdout:
      'did: Write a commit message for this diff: one line, imperative. Answer with the message alone. (7 lines read)\n',
  },
];

describe.each(RECIPES)('$name', ({ command, calls, sorted, stdout, before, needs }) => {
  const missing = needs !== undefined && !existsSync(needs);
  const inOrder = (output: string) =>
    sorted ? output.split('\n').filter(Boolean).sort().join('\n').concat('\n') : output;

  test.skipIf(missing)(
    `bare and below exec${missing ? ` (${needs} is not installed here)` : ''}`,
    async () => {
      const { sh, calls: counted } = project();
      if (before !== undefined) expect(await sh(before)).toMatchObject({ code: 0 });
      for (const prefix of ['', 'andwait exec -- ']) {
        const ended = await sh(`${prefix}${command}`);
        expect({ ...ended, stdout: inOrder(ended.stdout) }).toMatchObject({ code: 0, stdout, stderr: '' });
      }
      expect(counted()).toMatchObject({ total: calls, done: calls, failed: 0 });
    },
  );
});

describe('a failed agent', () => {
  const files = ['a.js', 'bad.js', 'c.js'];

  test.each([
    ['xargs', `sh -c "printf '%s\\0' src/*.js | recipes/legacy-xargs.sh"`, 123],
    ['make', 'make -sk -f recipes/legacy.mk -j8', 2],
    ['Python, threads', 'recipes/legacy-pool.py src/a.js src/bad.js src/c.js', 1],
    ['Python, asyncio', 'recipes/legacy-asyncio.py src/a.js src/bad.js src/c.js', 1],
    ['Node', 'recipes/legacy-pool.mjs src/a.js src/bad.js src/c.js', 1],
    ['& wait', 'sh -c "recipes/legacy-wait.sh src/*.js"', 1],
  ])('makes %s fail, below exec as well, and is told of', async (_name, command, code) => {
    const { cwd, sh } = project(files);
    const bare = await sh(command);
    rmSync(path.join(cwd, 'reviews'), { recursive: true, force: true });
    const below = await sh(`andwait exec -- ${command}`);
    expect([bare.code, below.code]).toEqual([code, code]);
    for (const { stderr } of [bare, below]) expect(stderr).toContain('cannot do Review src/bad.js');
    expect(below.stderr).toMatch(/ {2}agents +2 done, 1 failed\n/);
  });

  test('is hidden by a recipe that does not look, but not from --fail-on', async () => {
    const { sh } = project(files);
    const command = `sh -c 'claude -p bad & wait'`;
    expect((await sh(command)).code).toBe(0);
    expect((await sh(`andwait exec --fail-on 1 -- ${command}`)).code).toBe(3);
  });
});

describe('names', () => {
  const ODD = ['a b.js', 'it\'s "x".js', '$(touch pwned);`x`.js', 'line\nfeed.js'];
  const answers = ODD.map((name) => `did: Review src/${name} for bugs. Be brief. (0 lines read)`);
  const program = (file: string) => `recipes/${file} src/*.js`;

  test.each([
    ['xargs', "printf '%s\\0' src/*.js | recipes/legacy-xargs.sh"],
    ['GNU parallel', "printf '%s\\0' src/*.js | recipes/legacy-parallel.sh"],
    ['Python, threads', program('legacy-pool.py')],
    ['Python, asyncio', program('legacy-asyncio.py')],
    ['Node', program('legacy-pool.mjs')],
  ])('%s takes them as they are', async (_name, command) => {
    const { cwd, sh } = project(ODD);
    const { code, stdout, stderr } = await sh(command);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const answer of answers) {
      expect(stdout).toContain(stdout.startsWith('{') ? JSON.stringify(answer) : answer);
    }
    expect(existsSync(path.join(cwd, 'pwned'))).toBe(false);
  });

  test('make takes those it can hold', async () => {
    const odd = ['it\'s_"x".js', '$(touch_pwned)`x`.js'];
    const { cwd, sh } = project(odd);
    expect(await sh('make -s -f recipes/legacy.mk')).toMatchObject({ code: 0, stderr: '' });
    for (const name of odd) expect(existsSync(path.join(cwd, `reviews/src/${name}.md`))).toBe(true);
  });
});

test('nothing staged is no commit message', async () => {
  const { sh } = project();
  await sh('git init -q .');
  const { code, stdout, stderr } = await sh('recipes/legacy-commit-message.sh');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('nothing is staged');
});
