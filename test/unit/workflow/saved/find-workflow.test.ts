import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SavedWorkflows } from '../../../../src/workflow/saved/find-workflow.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function scriptNamed(name: string): string {
  return `export const meta = { name: '${name}', description: 'd' };\nreturn 1;\n`;
}

function project() {
  const around = temporaryFolder();
  const cwd = path.join(around, 'project');
  const saved = path.join(cwd, '.claude/workflows');
  mkdirSync(saved, { recursive: true });
  const homeDir = path.join(around, 'home');
  const bundledDir = path.join(around, 'package/workflows');
  return {
    around,
    cwd,
    saved,
    personal: path.join(homeDir, '.claude/workflows'),
    bundledDir,
    workflows: new SavedWorkflows({ cwd, homeDir, configDir: undefined, bundledDir }),
  };
}

test.each<[string, string, (file: string) => void]>([
  ['a FIFO', 'not a regular file', (file) => execFileSync('mkfifo', [file])],
  ['a device', 'not a regular file', (file) => symlinkSync('/dev/zero', file)],
  ['a folder', 'not a regular file', (file) => mkdirSync(file)],
  ['a large file', 'more than 524,288 bytes', (file) => writeFileSync(file, ' '.repeat(524_289))],
])('a script path that leads to %s is refused', async (_name, why, make) => {
  const { cwd, workflows } = project();
  make(path.join(cwd, 'b.js'));
  expect(await workflows.find({ scriptPath: 'b.js' })).toEqual({
    kind: 'problem',
    name: 'Error',
    message: `workflow() cannot read "b.js": ${why}`,
  });
});

test('a script path may be a link', async () => {
  const { cwd, workflows } = project();
  writeFileSync(path.join(cwd, 'real.js'), scriptNamed('linked'));
  symlinkSync('real.js', path.join(cwd, 'b.js'));
  expect(await workflows.find({ scriptPath: 'b.js' })).toMatchObject({
    kind: 'found',
    script: { meta: { name: 'linked' } },
  });
});

test('a FIFO among the saved workflows hides none of its neighbours', async () => {
  const { saved, workflows } = project();
  writeFileSync(path.join(saved, 'a.js'), scriptNamed('a'));
  execFileSync('mkfifo', [path.join(saved, 'b.js')]);
  writeFileSync(path.join(saved, 'c.js'), scriptNamed('c'));
  expect(await workflows.names()).toEqual(['a', 'c']);
});

test('outside a repository, what lies above the working directory is not ours to run', async () => {
  const { around, saved, workflows } = project();
  const above = path.join(around, '.claude/workflows');
  mkdirSync(above, { recursive: true });
  writeFileSync(path.join(above, 'planted.js'), scriptNamed('planted'));
  writeFileSync(path.join(saved, 'own.js'), scriptNamed('own'));
  expect(await workflows.names()).toEqual(['own']);
  mkdirSync(path.join(around, '.git'));
  expect(await workflows.names()).toEqual(['own', 'planted']);
});

/** Writes a script, and the folders above it. */
function put(file: string, name: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, scriptNamed(name));
  return file;
}

test('the nearest of one name is meant: project, then personal, then bundled', async () => {
  const { cwd, saved, personal, bundledDir, workflows } = project();
  mkdirSync(path.join(cwd, '.git'));
  const bundled = put(path.join(bundledDir, 'audit/audit.js'), 'audit');
  put(path.join(bundledDir, 'audit/no-workflow.js'), 'not-found');
  mkdirSync(path.join(bundledDir, 'empty'));
  expect(await workflows.named('audit')).toMatchObject({ workflow: { place: 'bundled', file: bundled } });

  const own = put(path.join(personal, 'z.js'), 'audit');
  expect(await workflows.named('audit')).toMatchObject({
    workflow: { place: 'personal', file: own, text: scriptNamed('audit') },
    shadowed: [{ place: 'bundled', file: bundled }],
  });

  const ofProject = put(path.join(saved, 'a.js'), 'audit');
  put(path.join(saved, 'b.js'), 'other');
  const found = await workflows.named('audit');
  expect(found?.workflow).toMatchObject({ place: 'project', file: ofProject });
  expect(found?.shadowed.map(({ file }) => file)).toEqual([own, bundled]);
  expect(await workflows.find('audit')).toMatchObject({ kind: 'found', script: { path: ofProject } });
  expect(await workflows.names()).toEqual(['audit', 'other']);
});

test("a folder that is the personal one and the project's is looked into once, as the personal one", async () => {
  const around = temporaryFolder();
  const places = { homeDir: around, configDir: undefined, bundledDir: path.join(around, 'none') };
  const workflows = new SavedWorkflows({ cwd: around, ...places });
  const file = put(path.join(around, '.claude/workflows/a.js'), 'a');
  writeFileSync(path.join(around, '.claude/workflows/b.js'), 'broken');
  const { workflows: found, damaged } = await workflows.catalogue();
  expect(found).toMatchObject([{ place: 'personal', file }]);
  expect(damaged).toMatchObject([{ place: 'personal', why: expect.stringContaining('must be the first') }]);
});

test('one whose body is broken is passed over for the next of its name', async () => {
  const { saved, personal, workflows } = project();
  const file = put(path.join(personal, 'a.js'), 'a');
  writeFileSync(put(path.join(saved, 'a.js'), 'a'), `${scriptNamed('a')}}`);
  expect(await workflows.named('a')).toMatchObject({ workflow: { file }, shadowed: [] });
  expect((await workflows.glance()).map(({ place }) => place)).toEqual(['project', 'personal']);
});
