import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runAndwait } from '../../../support/programs/run-in-process.ts';
import { RecordedRunFiles } from '../../../support/runs/recorded-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** A project of a user, and what is offered there at a Tab. */
function stage() {
  const around = temporaryFolder();
  const cwd = path.join(around, 'project');
  const home = path.join(around, 'state');
  mkdirSync(path.join(cwd, '.claude/workflows'), { recursive: true });
  const env = { ANDWAIT_HOME: home };
  const andwait = (...argv: string[]) => runAndwait({ argv, cwd, env, homeDir: around });
  const asked = async (shell: string, ...words: string[]) => {
    const { code, stdout, stderr } = await andwait('__complete', shell, ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [files, ...lines] = stdout.trimEnd().split('\n');
    return { files: files === 'files', lines };
  };
  return {
    ...{ cwd, home, andwait },
    save: (name: string, text = `export const meta = ${JSON.stringify({ name, description: 'd' })}\n`) =>
      writeFileSync(path.join(cwd, '.claude/workflows', `${Math.abs(hash(name))}.js`), text),
    zsh: (...words: string[]) => asked('zsh', ...words),
    /** Values alone. */
    offered: async (...words: string[]) =>
      (await asked('zsh', ...words)).lines.map((line) => line.split('\t')[0]),
    bash: (...words: string[]) => asked('bash', 'andwait', ...words),
  };
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) | 0, 7);
}

describe('from the definitions', () => {
  test('commands, those that begin so', async () => {
    const { zsh } = stage();
    expect(await zsh('re')).toEqual({
      files: false,
      lines: [
        expect.stringMatching(/^resume\tgo on with a run: /),
        'result\twhat a run returned, on stdout',
        'report\ta page about a run, for the browser; its path on stdout',
        expect.stringMatching(/^retry\t/),
      ],
    });
    expect((await zsh('frobnicate', '')).lines).toEqual([]);
    expect((await zsh('help', 'valid')).lines).toHaveLength(1);
  });

  test('the flags that --help tells of, of every command', async () => {
    const { offered, andwait } = stage();
    const commands = await offered('');
    expect(commands).toContain('completion');
    for (const command of commands.map(String)) {
      const { stdout } = await andwait(command, '--help');
      const told = [...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+) {2}/gm)].map(([, flag]) => flag);
      const flags = await offered(command, '--');
      expect({ command, flags: flags.toSorted() }).toEqual({
        command,
        flags: told.filter((flag) => flag !== '--version').toSorted(),
      });
    }
  });

  test('a flag once, unless it may be repeated', async () => {
    const { offered } = stage();
    expect(await offered('run', '--model', 'm', '-q', '--arg=a=1', '--m')).not.toContain('--model');
    expect(await offered('run', '-q', '--qui')).toEqual([]);
    expect(await offered('run', '--arg=a=1', '--arg')).toEqual(['--args', '--arg']);
  });

  test('values, behind a space or an equals sign', async () => {
    const { offered, zsh } = stage();
    expect(await offered('run', '--agent', '')).toEqual(['auto', 'claude', 'print']);
    expect(await offered('run', '--agent=p')).toEqual(['--agent=print']);
    expect(await offered('list', '--status', 'c')).toEqual(['completed', 'capped']);
    expect(await offered('pool', 's')).toEqual(['status', 'serve', 'stop', 'set']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await zsh('run', '--junit', '')).toEqual({ files: true, lines: [] });
  });

  test('nothing behind the last word, and files where another program is named', async () => {
    const { zsh } = stage();
    expect(await zsh('gc', '')).toEqual({ files: false, lines: [] });
    expect(await zsh('completion', 'bash', '')).toEqual({ files: false, lines: [] });
    expect(await zsh('exec', '--quiet', '--', 'ma')).toEqual({ files: true, lines: [] });
  });
});

describe('saved workflows', () => {
  test('by name, with what they are for; with a slash where one is typed', async () => {
    const { save, zsh, offered } = stage();
    save('zz-audit');
    save('zz audit');
    save('zz-broken', 'return 1');
    expect(await zsh('run', '--quiet', 'zz-')).toEqual({ files: true, lines: ['zz-audit\td (project)'] });
    expect(await offered('validate', '/zz')).toEqual(expect.arrayContaining(['/zz-audit', '/zz audit']));
    expect(await offered('run', '"zz ')).toEqual(['zz audit']);
    expect(await offered('resume', '--script', 'zz-')).toEqual(['zz-audit']);
  });

  test('and the guides', async () => {
    expect(await stage().offered('docs', 'autho')).toEqual(['authoring']);
  });

  test('hostile names are text, or are not offered', async () => {
    const { save, bash, offered } = stage();
    save('zz$(touch pwned)');
    save('zz\nfiles');
    save('zz\u202eevil');
    save('zz\u001b[2J');
    save('--help');
    expect(await offered('run', 'zz')).toEqual(['zz$(touch pwned)']);
    expect(await offered('run', '')).not.toContain('--help');
    expect(await bash('run', 'zz')).toEqual({ files: true, lines: ['zz\\$\\(touch\\ pwned\\)'] });
    expect(await bash('run', '"zz')).toEqual({ files: true, lines: [] });
  });
});

describe('runs', () => {
  test('the newest first, of the kind that the command takes', async () => {
    const { home, offered } = stage();
    const ids = ['20261122-1', '20261123-2', '20261124-3'];
    const kinds = ['workflow', 'map', 'workflow'] as const;
    for (const [at, runId] of ids.entries()) new RecordedRunFiles(home, { runId, kind: kinds[at] ?? 'map' });
    new RecordedRunFiles(home, { runId: '20261125-standing', kind: 'standing' });
    expect(await offered('logs', '')).toEqual(ids.toReversed());
    expect(await offered('stop', '20261123')).toEqual(['20261123-2']);
    expect(await offered('resume', '')).toEqual(['20261124-3', '20261122-1']);
    expect(await offered('map', '--resume', '')).toEqual(['20261123-2']);
    expect(await offered('skip', '')).toEqual(ids.toReversed());
    expect(await offered('skip', '20261123-2', '')).toEqual([]);
    expect(await offered('save', '2026112')).toEqual(['20261124-3', '20261122-1']);
  });

  test('one that is damaged hides none of the others, and nothing is made', async () => {
    const { home, offered } = stage();
    expect(await offered('logs', '')).toEqual([]);
    expect(existsSync(home)).toBe(false);
    const { folder } = new RecordedRunFiles(home, { runId: 'a' });
    writeFileSync(folder.descriptionFile, '{');
    new RecordedRunFiles(home, { runId: 'b' });
    expect(await offered('logs', '')).toEqual(['b']);
  });
});
