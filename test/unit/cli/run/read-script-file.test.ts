import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readScriptFile } from '../../../../src/cli/run/read-script-file.ts';
import { SavedWorkflows } from '../../../../src/workflow/saved/find-workflow.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** A folder with saved workflows in all three places. */
function stage() {
  const around = temporaryFolder();
  const cwd = path.join(around, 'cwd');
  const dirs = {
    project: path.join(cwd, '.claude/workflows'),
    personal: path.join(around, 'home/.claude/workflows'),
    bundled: path.join(around, 'bundled'),
  };
  const places = { cwd, homeDir: path.join(around, 'home'), configDir: undefined, bundledDir: dirs.bundled };
  const saved = new SavedWorkflows(places);
  const told: string[] = [];
  const put = (file: string, name: string): string => {
    mkdirSync(path.dirname(file), { recursive: true });
    const meta = JSON.stringify({ name, description: 'd' });
    writeFileSync(file, `export const meta = ${meta}\nreturn ${JSON.stringify(file)}\n`);
    return file;
  };
  return {
    ...{ cwd, told },
    here: (file: string, name: string) => put(path.join(cwd, file), name),
    save: (place: keyof typeof dirs, name: string, file = `${name}.js`) =>
      put(path.join(dirs[place], place === 'bundled' ? name : '', file), name),
    read: async (file: string) =>
      (await readScriptFile(file, { cwd, saved, tell: (line) => told.push(line) })).script.path,
  };
}

test('a name is looked for with and without its slash', async () => {
  const { told, save, read } = stage();
  const file = save('bundled', 'audit');
  expect(await read('audit')).toBe(file);
  expect(await read('/audit')).toBe(file);
  expect(told).toEqual([]);
});

test('what runs is said where others have its name', async () => {
  const { told, save, read } = stage();
  const bundled = save('bundled', 'audit');
  const personal = save('personal', 'audit');
  expect(await read('/audit')).toBe(personal);
  const project = save('project', 'audit');
  expect(await read('audit')).toBe(project);
  expect(told).toEqual([
    `"audit" is the personal workflow ${personal}; not run: ${bundled} (bundled)`,
    `"audit" is the project workflow ${project}; not run: ${personal} (personal) and 1 more`,
  ]);
});

test('a file of the name runs where it is named without a slash, and says how to run the other', async () => {
  const { told, here, save, read } = stage();
  const saved = save('personal', 'my audit');
  here('my audit', 'another');
  expect(await read('my audit')).toBe('my audit');
  expect(told).toEqual([`"my audit" is a file here; the personal workflow ${saved} is run as '/my audit'`]);
  expect(await read('/my audit')).toBe(saved);
});

test('a folder of the name is none', async () => {
  const { cwd, save, read } = stage();
  mkdirSync(path.join(cwd, 'review'), { recursive: true });
  await expect(read('review')).rejects.toThrow(
    '"review" is a folder; give the path of a workflow script in it',
  );
  const bundled = save('bundled', 'review');
  expect(await read('review')).toBe(bundled);
});

test.each(['a/b', 'audit.js', '$(touch x)', '日本 語', '..'])(
  'a workflow named %j is found',
  async (name) => {
    const { save, read } = stage();
    const file = save('personal', name, 'odd.js');
    expect(await read(name)).toBe(file);
    expect(await read(`/${name}`)).toBe(file);
  },
);

test('what nobody may ever write to, and what never ends, is no script', async () => {
  const { cwd, save, read } = stage();
  mkdirSync(cwd, { recursive: true });
  execFileSync('mkfifo', [path.join(cwd, 'audit')]);
  await expect(read('audit')).rejects.toThrow('"audit" is a FIFO, a socket or a device');
  await expect(read('/dev/zero')).rejects.toThrow('"/dev/zero" has more than 8,388,608 bytes');
  const file = save('project', 'audit');
  expect(await read('audit')).toBe(file);
});

test('one that is not there is told of with what is', async () => {
  const { save, read } = stage();
  await expect(read('audits')).rejects.toThrow(
    'no file "audits", and no saved workflow "audits" (none is saved here)',
  );
  save('project', 'audit');
  save('project', 'evil\nandwait: all is well', 'evil.js');
  await expect(read('/audits')).rejects.toThrow('no saved workflow "audits" (did you mean "audit"?)');
  await expect(read('frobnicate')).rejects.toThrow('(saved here: audit, "evil\\nandwait: all is well")');
  await expect(read('./audit')).rejects.toThrow('there is no file "./audit"; give the path');
});
