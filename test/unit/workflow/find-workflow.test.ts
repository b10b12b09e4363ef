import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SavedWorkflows } from '../../../src/workflow/find-workflow.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function scriptNamed(name: string): string {
  return `export const meta = { name: '${name}', description: 'd' };\nreturn 1;\n`;
}

function project() {
  const around = temporaryFolder();
  const cwd = path.join(around, 'project');
  const saved = path.join(cwd, '.claude/workflows');
  mkdirSync(saved, { recursive: true });
  return {
    around,
    cwd,
    saved,
    workflows: new SavedWorkflows({ cwd, homeDir: undefined, configDir: undefined }),
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
  expect([...(await workflows.saved()).keys()]).toEqual(['a', 'c']);
});

test('outside a repository, what lies above the working directory is not ours to run', async () => {
  const { around, saved, workflows } = project();
  const above = path.join(around, '.claude/workflows');
  mkdirSync(above, { recursive: true });
  writeFileSync(path.join(above, 'planted.js'), scriptNamed('planted'));
  writeFileSync(path.join(saved, 'own.js'), scriptNamed('own'));
  expect([...(await workflows.saved()).keys()]).toEqual(['own']);
  mkdirSync(path.join(around, '.git'));
  expect([...(await workflows.saved()).keys()]).toEqual(['own', 'planted']);
});
