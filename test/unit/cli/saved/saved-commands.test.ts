import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runAndwait } from '../../../support/programs/run-in-process.ts';
import { RecordedRunFiles, RUN_ID } from '../../../support/runs/recorded-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function scriptNamed(name: string, more: object = {}): string {
  return `export const meta = ${JSON.stringify({ name, description: 'd', ...more })}\nreturn 1\n`;
}

/** A project, a home folder, and the state of a user. */
function stage() {
  const around = temporaryFolder();
  const file = (...parts: string[]): string => {
    const whole = path.join(around, ...parts);
    mkdirSync(path.dirname(whole), { recursive: true });
    return whole;
  };
  const cwd = path.dirname(file('project/any'));
  const home = path.join(around, 'state');
  return {
    ...{ cwd, home, file },
    put: (text: string, ...parts: string[]): string => {
      writeFileSync(file(...parts), text);
      return file(...parts);
    },
    andwait: (...argv: string[]) =>
      runAndwait({ argv, cwd, env: { ANDWAIT_HOME: home }, homeDir: path.join(around, 'home') }),
  };
}

const IN_PROJECT = ['project', '.claude', 'workflows'];

describe('list --saved', () => {
  test('tells of each what it is for, of hidden ones what runs instead, of broken ones why', async () => {
    const { put, andwait } = stage();
    const more = {
      description: 'One\nagent a file',
      whenToUse: 'often',
      phases: [{ title: 'A' }, { title: 'B' }],
    };
    const own = put(scriptNamed('zz-audit', more), ...IN_PROJECT, 'a.js');
    const hidden = put(scriptNamed('zz-audit'), 'home/.claude/workflows/b.js');
    const broken = put('return 1', 'home/.claude/workflows/zz-audit.js');
    const { code, stdout, stderr } = await andwait('list', '--saved', '--name', 'ZZ-audit');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'zz-audit (project)',
      '  One agent a file',
      '  when    often',
      '  phases  A → B',
      `  file    ${own}`,
      'zz-audit (personal, shadowed)',
      '  d',
      `  file    ${hidden}`,
      `  runs    ${own} instead`,
      `${broken} (personal, broken)`,
      expect.stringMatching(/^ {2}why {5}.* must be the first statement of the script .*zz-audit\.js:1:1/),
      `  see     andwait validate ${broken}`,
    ]);

    const asJson = await andwait('list', '--saved', '--name', 'zz-audit', '--json');
    expect(
      asJson.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { name: 'zz-audit', place: 'project', file: own, ...more, shadowedBy: null },
      {
        ...{ name: 'zz-audit', place: 'personal', file: hidden, description: 'd' },
        ...{ whenToUse: null, phases: [], shadowedBy: own },
      },
      { place: 'personal', file: broken, broken: expect.stringContaining('first statement') },
    ]);
  });

  test('shows hostile words as words', async () => {
    const { put, andwait } = stage();
    const text = 'a\u001b[2J\u202e\nrm (bundled)';
    put(
      scriptNamed(text, { description: text, whenToUse: text, phases: [{ title: text }] }),
      ...IN_PROJECT,
      'a.js',
    );
    const { stdout } = await andwait('list', '--saved', '--name', 'rm (bundled)');
    const checked = await andwait('validate', '.claude/workflows/a.js');
    expect(checked.stdout).toBe(
      '.claude/workflows/a.js is a valid workflow script\n  a rm (bundled): a rm (bundled)\n  phases: a rm (bundled)\n',
    );
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'a rm (bundled) (project)',
      '  a rm (bundled)',
      '  when    a rm (bundled)',
      '  phases  a rm (bundled)',
    ]);
  });

  test('tells of a folder that cannot be looked into', async () => {
    const { put, andwait } = stage();
    const folder = put('no folder', ...IN_PROJECT);
    const { code, stdout } = await andwait('list', '--saved', '--name', 'workflows');
    expect(code).toBe(0);
    expect(stdout).toContain(`${folder} (project, broken)\n  why     ENOTDIR\n`);
  });

  test('takes no flag of the list of runs, and says where nothing is found', async () => {
    const { andwait } = stage();
    expect(await andwait('list', '--saved', '--limit', '3')).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('--limit is about runs') },
    });
    expect(await andwait('list', '--saved', '--name', 'zz')).toEqual({
      ...{ code: 0, stdout: '' },
      stderr: 'andwait: no such workflow is saved here; `andwait save RUN|FILE` saves one\n',
    });
  });
});

describe('save', () => {
  test('keeps the script of a run as it was last edited', async () => {
    const { cwd, home, andwait } = stage();
    const run = new RecordedRunFiles(home);
    writeFileSync(run.folder.scriptAsRun(1), scriptNamed('w'));
    writeFileSync(run.folder.scriptFile, scriptNamed('w', { whenToUse: 'edited' }));
    const file = path.join(cwd, '.claude/workflows/w.js');
    expect(await andwait('save', RUN_ID.slice(0, 8))).toEqual({
      ...{ code: 0, stdout: `${file}\n` },
      stderr: 'andwait: saved; it runs with: andwait run /w\n',
    });
    expect(readFileSync(file, 'utf8')).toBe(scriptNamed('w', { whenToUse: 'edited' }));
    expect(await andwait('save', '--last')).toMatchObject({
      ...{ code: 0, stderr: expect.stringContaining('saved already') },
    });
  });

  test('keeps a file under another name, for all projects, and says what it runs in place of', async () => {
    const { file, put, andwait } = stage();
    put(scriptNamed('w'), 'project/w.js');
    const personal = file('home/.claude/workflows/my-own.js');
    expect(await andwait('save', 'w.js', '--user', '--name', 'my own')).toEqual({
      ...{ code: 0, stdout: `${personal}\n` },
      stderr: "andwait: saved; it runs with: andwait run '/my own'\n",
    });
    expect(readFileSync(personal, 'utf8')).toBe(scriptNamed('my own'));
    const { stderr } = await andwait('save', 'w.js', '--name', 'my own');
    expect(stderr).toContain(`saved, in place of ${personal};`);
    const again = await andwait('save', 'w.js', '--user', '--name', 'my own');
    expect(again.stderr).toContain('saved already, but "my own" is still');
  });

  test('writes over nothing that it was not told to', async () => {
    const { put, andwait } = stage();
    const file = put(scriptNamed('w'), ...IN_PROJECT, 'w.js');
    const draft = put(scriptNamed('w', { whenToUse: 'later' }), 'project/draft.js');
    expect(await andwait('save', draft)).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: `andwait: "w" is saved there already, in ${file}; write over it with --replace, or save under another --name\n`,
    });
    expect(await andwait('save', draft, '--replace')).toMatchObject({
      ...{ code: 0, stderr: expect.stringContaining('saved over the earlier one') },
    });
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(draft, 'utf8'));
  });

  test('follows no link out of the project', async () => {
    const { cwd, file, put, andwait } = stage();
    put(scriptNamed('w'), 'project/w.js');
    symlinkSync(path.dirname(file('elsewhere/any')), path.join(cwd, '.claude'));
    const { code, stderr } = await andwait('save', 'w.js');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('leads out of') });
    expect(existsSync(file('elsewhere/workflows'))).toBe(false);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['nothing', [], /save needs one RUN, FILE or \/NAME, or --last/],
    ['a run and --last', ['2026', '--last'], /--last stands for the run/],
    ['a run without a script', [RUN_ID], /has no script to save \(it is of kind "map"\)/],
    ['no name', ['w.js', '--name', ' '], /--name is empty/],
    ['what is not there', ['nobodys'], /no file "nobodys", and no saved workflow "nobodys"/],
    ['what is no script', ['broken.js'], /must be the first statement/],
  ])('%s is refused', async (_name, words, says) => {
    const { home, put, andwait } = stage();
    new RecordedRunFiles(home, { kind: 'map' });
    put(scriptNamed('w'), 'project/w.js');
    put('return 1', 'project/broken.js');
    expect(await andwait('save', ...words)).toMatchObject({
      ...{ code: 2, stdout: '', stderr: expect.stringMatching(says) },
    });
  });
});
