/** Glob and Grep on real trees, with the search of our own; ripgrep answers the same where it is installed. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type ToolStage, toolStage } from '../../unit/print/tools/tool-stage.ts';

/** A PATH with git and without ripgrep. */
function gitOnly(): string {
  const dir = temporaryFolder();
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  symlinkSync(git, path.join(dir, 'git'));
  return dir;
}

const ENGINES: { readonly title: string; readonly isOurs: boolean }[] = [
  { title: 'our own search', isOurs: true },
];
if (hasRipgrep()) ENGINES.push({ title: 'ripgrep', isOurs: false });

function hasRipgrep(): boolean {
  return (process.env['PATH'] ?? '').split(':').some((dir) => existsSync(path.join(dir, 'rg')));
}

function tree(stage: ToolStage): ToolStage {
  const { at } = stage;
  mkdirSync(at('sub'));
  mkdirSync(at('node_modules/x'), { recursive: true });
  writeFileSync(at('sub/x.ts'), 'one\nfoo bar\nthree\nfour\nfoo\n');
  writeFileSync(at('y.js'), 'Foo\n');
  writeFileSync(at('node_modules/x/z.js'), 'foo\n');
  writeFileSync(at('bin.dat'), 'foo\0foo\n');
  writeFileSync(at('.hidden'), 'foo\n');
  utimesSync(at('.hidden'), 1, 1);
  utimesSync(at('sub/x.ts'), 2, 2);
  return stage;
}

describe.each(ENGINES)('Grep by $title', ({ isOurs }) => {
  const open = (): ToolStage => tree(toolStage(isOurs ? { PATH: gitOnly() } : {}));

  test('lists files, the latest first', async () => {
    const stage = open();
    writeFileSync(stage.at('.gitignore'), 'node_modules\n');
    execFileSync('git', ['init', '-q', stage.dir]);
    expect((await stage.use('Grep', { pattern: 'foo' })).content).toBe('Found 2 files\nsub/x.ts\n.hidden');
  });

  test('shows lines with numbers and what is around them', async () => {
    const { use } = open();
    const input = { pattern: 'foo', path: 'sub', output_mode: 'content' };
    expect((await use('Grep', input)).content).toBe('sub/x.ts:2:foo bar\nsub/x.ts:5:foo');
    expect((await use('Grep', { ...input, '-n': false, '-o': true })).content).toBe(
      'sub/x.ts:foo\nsub/x.ts:foo',
    );
    expect((await use('Grep', { ...input, pattern: 'bar', '-C': 1 })).content).toContain(
      'sub/x.ts-1-one\nsub/x.ts:2:foo bar\nsub/x.ts-3-three',
    );
    expect((await use('Grep', { ...input, head_limit: 1 })).content).toBe(
      'sub/x.ts:2:foo bar\n(1 more are left out: go on with offset 1)',
    );
  });

  test('does not show what rules keep from being read', async () => {
    const stage = toolStage(isOurs ? { PATH: gitOnly() } : {}, {
      within: () => true,
      has: (file) => /x\.ts|\nkey/.test(file),
    });
    const { at, use } = tree(stage);
    writeFileSync(at('a\nkey'), 'foo\n');
    const listed = (await use('Grep', { pattern: 'foo' })).content;
    expect(listed).toContain('.hidden');
    expect(listed).not.toMatch(/x\.ts|key/);
    for (const output_mode of ['content', 'count']) {
      const { content } = await use('Grep', { pattern: 'foo', output_mode });
      expect(content).toContain('.hidden:1');
      expect(content).not.toMatch(/x\.ts|key|bar/);
    }
    const named = { pattern: 'foo', path: 'sub', output_mode: 'content' };
    expect((await use('Grep', named)).content).toBe('No matches found');
    expect((await use('Glob', { pattern: '**/*' })).content).not.toMatch(/x\.ts|key/);
  });

  test('does not follow links', async () => {
    const { at, dir, use } = open();
    const elsewhere = temporaryFolder();
    writeFileSync(path.join(elsewhere, 'secret'), 'hidden word\n');
    symlinkSync(path.join(elsewhere, 'secret'), at('link'));
    symlinkSync(elsewhere, at('folder'));
    execFileSync('git', ['init', '-q', dir]);
    expect((await use('Grep', { pattern: 'hidden word' })).content).toBe('No files found');
  });

  test('names files from the working directory, in order', async () => {
    const { use } = open();
    const { content } = await use('Grep', { pattern: 'foo', output_mode: 'content', glob: '!node_modules' });
    expect(content).toBe('.hidden:1:foo\nsub/x.ts:2:foo bar\nsub/x.ts:5:foo');
  });

  test('counts', async () => {
    const { use } = open();
    const { content } = await use('Grep', { pattern: 'foo', path: 'sub', output_mode: 'count' });
    expect(content).toBe('sub/x.ts:2\n\nFound 2 total occurrences across 1 file.');
  });

  test('heeds case, kind, glob and several lines where told to', async () => {
    const { use } = open();
    expect((await use('Grep', { pattern: 'foo', '-i': true, type: 'js', glob: 'y*' })).content).toBe(
      'Found 1 file\ny.js',
    );
    expect((await use('Grep', { pattern: 'FOO', '-i': true, glob: '*.ts' })).content).toBe(
      'Found 1 file\nsub/x.ts',
    );
    const lines = { pattern: 'three.*?foo', multiline: true, output_mode: 'content', path: 'sub' };
    expect((await use('Grep', lines)).content).toBe('sub/x.ts:3:three\nsub/x.ts:4:four\nsub/x.ts:5:foo');
  });

  test('says what is wrong with a pattern, and what was not found', async () => {
    const { use } = open();
    expect(await use('Grep', { pattern: '(' })).toMatchObject({ isError: true });
    expect((await use('Grep', { pattern: 'nowhere' })).content).toBe('No files found');
    expect(await use('Grep', { pattern: 'x', path: 'none' })).toMatchObject({ isError: true });
  });
});

test('a regular expression that never ends is ended', async () => {
  const { at, use } = toolStage({ PATH: gitOnly() });
  writeFileSync(at('a.txt'), `${'a'.repeat(50)}!`);
  const { content } = await use('Grep', { pattern: '^(a+)+$' });
  expect(content).toContain('takes too long');
});

describe('Glob', () => {
  test('finds by name, the latest first, without other programs’ files', async () => {
    const { use } = tree(toolStage());
    expect((await use('Glob', { pattern: '**/*.{ts,js}' })).content).toBe('y.js\nsub/x.ts');
    expect((await use('Glob', { pattern: '*.ts', path: 'sub' })).content).toBe('sub/x.ts');
    expect((await use('Glob', { pattern: 'node_modules/**/*.js' })).content).toBe('node_modules/x/z.js');
    expect((await use('Glob', { pattern: '*.none' })).content).toBe('No files found');
  });

  test('does not lead elsewhere, by pattern or by link', async () => {
    const { at, use } = tree(toolStage());
    const elsewhere = temporaryFolder();
    writeFileSync(path.join(elsewhere, 'secret.ts'), '');
    symlinkSync(elsewhere, at('link'));
    expect((await use('Glob', { pattern: '../*' })).content).toContain('leads out of its folder');
    expect((await use('Glob', { pattern: '{a,/etc}/*' })).content).not.toContain('passwd');
    expect((await use('Glob', { pattern: '**/secret.ts' })).content).toBe('No files found');
    expect((await use('Glob', { pattern: 'link/*' })).content).toBe('No files found');
  });

  test('shows a hundred', async () => {
    const { at, use } = toolStage();
    for (let n = 0; n < 120; n += 1) writeFileSync(at(`${n}.txt`), '');
    expect((await use('Glob', { pattern: '*.txt' })).content).toContain('The first 100 of 120 files');
  });
});
