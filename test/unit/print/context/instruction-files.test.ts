/** Which CLAUDE.md files count for a folder, in which order, and how far they may lead. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type InstructionPlaces, instructionFiles } from '../../../../src/print/context/instruction-files.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function project(files: Record<string, string>) {
  const dir = realpathSync(temporaryFolder());
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  mkdirSync(path.join(dir, 'repo', '.git'), { recursive: true });
  mkdirSync(path.join(dir, 'repo', 'sub'), { recursive: true });
  const find = async (more: Partial<InstructionPlaces> = {}): Promise<string[]> => {
    const places = {
      cwd: path.join(dir, 'repo', 'sub'),
      homeDir: path.join(dir, 'home'),
      configDir: undefined,
    };
    const found = await instructionFiles({ ...places, sources: undefined, ...more });
    return found.map(({ file, text }) => `${path.relative(dir, file)}: ${text}`);
  };
  return { dir, find };
}

test('the user’s, then the project’s from its root down', async () => {
  const { find } = project({
    'CLAUDE.md': 'above the repository',
    'home/.claude/CLAUDE.md': 'user',
    'repo/CLAUDE.md': 'root',
    'repo/.claude/CLAUDE.md': 'dot',
    'repo/.claude/rules/r.md': 'rule',
    'repo/CLAUDE.local.md': 'local',
    'repo/sub/CLAUDE.md': 'sub',
  });
  expect(await find()).toEqual([
    'home/.claude/CLAUDE.md: user',
    'repo/CLAUDE.md: root',
    'repo/.claude/CLAUDE.md: dot',
    'repo/.claude/rules/r.md: rule',
    'repo/CLAUDE.local.md: local',
    'repo/sub/CLAUDE.md: sub',
  ]);
  expect(await find({ sources: ['local'] })).toEqual(['repo/CLAUDE.local.md: local']);
  expect(await find({ sources: [] })).toEqual([]);
});

test('imports follow whoever imports them, each once, in circles too', async () => {
  const { find } = project({
    'repo/CLAUDE.md': '@docs/a.md',
    'repo/docs/a.md': 'a @b.md',
    'repo/docs/b.md': 'b @a.md @none.md',
  });
  expect(await find()).toEqual([
    'repo/CLAUDE.md: @docs/a.md',
    'repo/docs/a.md: a @b.md',
    'repo/docs/b.md: b @a.md @none.md',
  ]);
});

test('imports end at five', async () => {
  const chain = Array.from({ length: 9 }, (_, n) => [`repo/${n}.md`, `@${n + 1}.md`]);
  const { find } = project({ 'repo/CLAUDE.md': '@0.md', ...Object.fromEntries(chain) });
  expect(await find()).toHaveLength(6);
});

test('a project leads nowhere else, by import or by link; the user’s own file may', async () => {
  const { dir, find } = project({
    'secret.md': 'secret',
    'home/.claude/CLAUDE.md': '@~/notes.md',
    'home/notes.md': 'notes',
    'repo/CLAUDE.md': '@../secret.md @~/notes2.md',
    'home/notes2.md': 'private',
  });
  symlinkSync(path.join(dir, 'secret.md'), path.join(dir, 'repo', 'CLAUDE.local.md'));
  expect(await find()).toEqual([
    'home/.claude/CLAUDE.md: @~/notes.md',
    'home/notes.md: notes',
    'repo/CLAUDE.md: @../secret.md @~/notes2.md',
  ]);
});

test('what is too large is left out, and a pipe is not waited for', async () => {
  const { dir, find } = project({ 'repo/CLAUDE.md': 'x'.repeat(100_001) });
  execFileSync('mkfifo', [path.join(dir, 'repo', 'CLAUDE.local.md')]);
  expect(await find()).toEqual([
    'repo/CLAUDE.md: [left out: more than 100,000 bytes]',
    'repo/CLAUDE.local.md: [left out: not a regular file]',
  ]);
});
