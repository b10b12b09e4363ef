import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseSource } from '../../../../src/script/parse-script.ts';
import { SavedWorkflows } from '../../../../src/workflow/saved/find-workflow.ts';
import { safeFileName, saveWorkflow } from '../../../../src/workflow/saved/save-workflow.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function sourceNamed(name: string, body = 'return 1') {
  const text = `export const meta = ${JSON.stringify({ name, description: 'd' })}\n${body}\n`;
  return parseSource(Buffer.from(text), 'draft.js');
}

/** A repository, and where we stand in it. */
function project() {
  const around = temporaryFolder();
  const root = path.join(around, 'project');
  const cwd = path.join(root, 'packages/one');
  mkdirSync(cwd, { recursive: true });
  mkdirSync(path.join(root, '.git'));
  const homeDir = path.join(around, 'home');
  const places = { cwd, homeDir, configDir: undefined, bundledDir: path.join(around, 'none') };
  const inProject = { place: 'project', replace: false } as const;
  return { around, root, cwd, homeDir, places, inProject, workflows: new SavedWorkflows(places) };
}

test('a script is saved at the root of the repository, and found by its name', async () => {
  const { root, places, inProject, workflows } = project();
  const source = sourceNamed('Find bugs, then $(verify)!');
  const file = path.join(root, '.claude/workflows/Find-bugs-then-verify.js');
  expect(await saveWorkflow(source, inProject, places)).toEqual({ kind: 'saved', file, change: 'new' });
  expect(readFileSync(file, 'utf8')).toBe(source.text);
  expect(await workflows.named('Find bugs, then $(verify)!')).toMatchObject({ workflow: { file } });
});

test('a nearer folder with workflows is preferred', async () => {
  const { cwd, places, inProject } = project();
  mkdirSync(path.join(cwd, '.claude/workflows'), { recursive: true });
  const file = path.join(cwd, '.claude/workflows/a.js');
  expect(await saveWorkflow(sourceNamed('a'), inProject, places)).toMatchObject({ kind: 'saved', file });
});

test('outside of a repository it is the folder where we stand', async () => {
  const cwd = temporaryFolder();
  const places = { ...project().places, cwd };
  const file = path.join(cwd, '.claude/workflows/a.js');
  expect(await saveWorkflow(sourceNamed('a'), { place: 'project', replace: false }, places)).toMatchObject({
    file,
  });
});

test('the personal place is in the home folder, or where the user says', async () => {
  const { homeDir, around, places } = project();
  const order = { place: 'personal', replace: false } as const;
  const a = sourceNamed('a');
  expect(await saveWorkflow(a, order, places)).toMatchObject({
    file: path.join(homeDir, '.claude/workflows/a.js'),
  });
  const configDir = path.join(around, 'config');
  expect(await saveWorkflow(a, order, { ...places, configDir })).toMatchObject({
    file: path.join(configDir, 'workflows/a.js'),
  });
  expect(await saveWorkflow(a, order, { ...places, homeDir: undefined })).toMatchObject({
    ...{ kind: 'refused', reason: 'no-place' },
  });
});

test('a second file of one name is never made: the first is meant, and written over only when told', async () => {
  const { root, places, inProject } = project();
  const dir = path.join(root, '.claude/workflows');
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, 'zz.js');
  writeFileSync(file, sourceNamed('a').text);
  const changed = sourceNamed('a', 'return 2');
  expect(await saveWorkflow(changed, inProject, places)).toEqual({
    ...{ kind: 'refused', reason: 'exists', message: `"a" is saved there already, in ${file}` },
  });
  expect(await saveWorkflow(changed, { ...inProject, replace: true }, places)).toEqual({
    ...{ kind: 'saved', file, change: 'replaced' },
  });
  expect(readFileSync(file, 'utf8')).toBe(changed.text);
});

test.each([false, true])(
  'another workflow in the file of that name is not written over: replace %j',
  async (replace) => {
    const { root, places, inProject } = project();
    await saveWorkflow(sourceNamed('a b'), inProject, places);
    const file = path.join(root, '.claude/workflows/a-b.js');
    const message = `${file} holds another workflow, "a b"; save this one under another name`;
    expect(await saveWorkflow(sourceNamed('a/b'), { ...inProject, replace }, places)).toEqual({
      ...{ kind: 'refused', reason: 'taken', message },
    });
    expect(readFileSync(file, 'utf8')).toBe(sourceNamed('a b').text);
  },
);

test('a link that leads out of the project is not followed', async () => {
  const { around, root, places, inProject } = project();
  mkdirSync(path.join(around, 'elsewhere'));
  symlinkSync(path.join(around, 'elsewhere'), path.join(root, '.claude'));
  expect(await saveWorkflow(sourceNamed('a'), inProject, places)).toMatchObject({
    ...{ kind: 'refused', reason: 'unsafe', message: expect.stringContaining('leads out of') },
  });
});

test.each([
  ['audit', 'audit.js'],
  ['audit.js', 'audit.js'],
  ['../../etc/passwd', 'etc-passwd.js'],
  ['.hidden', 'hidden.js'],
  ['--flag', 'flag.js'],
  ['a\u0000b\u001b[31m\u202e', 'a-b-31m.js'],
  ['Über größe', 'Über-größe.js'],
  ['レビュー', 'レビュー.js'],
  ['\u{20000}'.repeat(200), `${'\u{20000}'.repeat(60)}.js`],
  ['../..', undefined],
  ['🚀', undefined],
])('%j is saved as %j', (name, expected) => {
  expect(safeFileName(name)).toBe(expected);
});
