import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findAgentTypes } from '../../../../src/print/agent-types/agent-types.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function write(folder: string, name: string, description: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, `${name}.md`),
    `---\nname: ${name}\ndescription: ${description}\n---\nbody`,
  );
}

/** A repository with a folder in it, a home, and a folder around both. */
function places() {
  const around = temporaryFolder();
  const cwd = path.join(around, 'repo', 'packages', 'app');
  const homeDir = path.join(around, 'home');
  mkdirSync(cwd, { recursive: true });
  mkdirSync(path.join(around, 'repo', '.git'));
  mkdirSync(homeDir);
  const agents = (...below: string[]): string => path.join(around, ...below, '.claude', 'agents');
  return {
    around,
    cwd,
    homeDir,
    agents,
    find: async (configDir?: string) => await findAgentTypes({ cwd, homeDir, configDir }),
  };
}

const BUILT_IN = ['Explore', 'general-purpose', 'Plan'];

test('there are always the built-in ones', async () => {
  expect((await places().find()).map(({ name }) => name)).toEqual(BUILT_IN);
});

test('from the working directory up to the root of the repository, and the home', async () => {
  const { agents, find } = places();
  write(agents('repo', 'packages', 'app'), 'near', 'near');
  write(path.join(agents('repo'), 'deeper'), 'root', 'in a folder of its own');
  write(agents('home'), 'mine', 'personal');
  write(agents(), 'outside', 'beyond the repository');
  expect((await find()).map(({ name }) => name)).toEqual([
    'Explore',
    'general-purpose',
    'mine',
    'near',
    'Plan',
    'root',
  ]);
});

test('the nearest of a name wins', async () => {
  const { agents, find } = places();
  write(agents('home'), 'reviewer', 'personal');
  write(agents('repo'), 'reviewer', 'of the project');
  write(agents('repo', 'packages', 'app'), 'reviewer', 'of the app');
  write(agents('repo'), 'Plan', 'our own');
  const found = new Map((await find()).map(({ name, description }) => [name, description]));
  expect(found.get('reviewer')).toBe('of the app');
  expect(found.get('Plan')).toBe('our own');
});

test('a configuration folder stands in for the one in the home', async () => {
  const { around, agents, find } = places();
  write(agents('home'), 'mine', 'personal');
  write(path.join(around, 'config', 'agents'), 'configured', 'elsewhere');
  const names = (await find(path.join(around, 'config'))).map(({ name }) => name);
  expect(names).toContain('configured');
  expect(names).not.toContain('mine');
});

test('what is no agent type does not hide its neighbours', async () => {
  const { agents, find } = places();
  const folder = agents('repo');
  write(folder, 'good', 'good');
  writeFileSync(path.join(folder, 'notes.md'), 'no front matter');
  writeFileSync(path.join(folder, 'good.txt'), '---\nname: text\ndescription: d\n---\n');
  symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'dangling.md'));
  mkdirSync(path.join(folder, 'folder.md'));
  execFileSync('mkfifo', [path.join(folder, 'fifo.md')]);
  symlinkSync('fifo.md', path.join(folder, 'linked.md'));
  expect((await find()).map(({ name }) => name)).toEqual(['Explore', 'general-purpose', 'good', 'Plan']);
});

test('outside a repository, what lies above the working directory does not count', async () => {
  const { around, agents } = places();
  write(agents(), 'planted', 'beyond the project');
  const cwd = path.join(around, 'elsewhere');
  mkdirSync(cwd);
  const found = await findAgentTypes({ cwd, homeDir: undefined, configDir: undefined });
  expect(found.map(({ name }) => name)).toEqual(BUILT_IN);
});

test('a file where the folder should be, and no home at all', async () => {
  const { around, cwd } = places();
  mkdirSync(path.join(around, 'repo', '.claude'));
  writeFileSync(path.join(around, 'repo', '.claude', 'agents'), '');
  const found = await findAgentTypes({ cwd, homeDir: undefined, configDir: undefined });
  expect(found.map(({ name }) => name)).toEqual(BUILT_IN);
});
