/** What `npm pack` makes, installed where nothing else is: runs from there and from cron, writes nothing there, puts no `claude` on anybody's PATH. */
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../../..');
/** Cron's, with the Node under test in front where that is not the system's. */
const CRON_PATH = [...new Set([path.dirname(process.execPath), '/usr/bin', '/bin'])].join(':');

const suite = suiteFolder();
const project = new ShellProject(suite, { 'package.json': '{ "private": true }' });
const installed = path.join(project.cwd, 'node_modules/andwait');

interface Pack {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
let pack: Pack;

beforeAll(async () => {
  // The programs are built already, by the tests' own set-up; `prepack` would take them from under other tests.
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', project.cwd];
  const { stdout } = await run('npm', words, { cwd: ROOT });
  [pack] = JSON.parse(stdout) as [Pack];
  const install = [
    'install',
    '--offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `./${pack.filename}`,
  ];
  await run('npm', install, { cwd: project.cwd });
}, 60_000);

test('holds the programs, the recipes, the workflows, the guides, and nothing of the workshop', () => {
  const allowed =
    /^(package\.json|README\.md|LICENSE|completions\/[\w.]+|docs\/(guides\/[a-z-]+|recipes)\.md|recipes\/(rehearsal\/)?[\w.-]+|workflows\/[a-z-]+\/([a-z-]+\.js|README\.md)|shims\/claude|dist\/(andwait|andwait-print|print-program|workflow-runner|agent-host|pool-broker)\.js|dist\/package\.json|dist\/(script-host|claude-shim)\.cjs|dist\/(chunks|providers)\/[\w-]+\.js|dist\/THIRD-PARTY-LICENCES\.txt)$/;
  expect(pack.files.map((file) => file.path).filter((file) => !allowed.test(file))).toEqual([]);
  expect(pack.files.length).toBeLessThan(300);
  expect(pack.unpackedSize).toBeLessThan(8_000_000);
});

test('brings no other package, and no claude', () => {
  const visible = (dir: string) =>
    readdirSync(path.join(project.cwd, dir)).filter((name) => !name.startsWith('.'));
  expect(visible('node_modules')).toEqual(['andwait']);
  expect(visible('node_modules/.bin').sort()).toEqual(['andwait', 'andwait-print']);
});

describe.each([
  ['from the folder it was installed in', 'node_modules/.bin/andwait', '.'],
  ['from cron, which has little of an environment', path.join(project.cwd, 'node_modules/.bin/andwait'), '/'],
])('%s', (_name, program, folder) => {
  const started = (args: readonly string[]) => {
    const words = ['-i', `PATH=${CRON_PATH}`, `HOME=${project.cwd}`, program, ...args];
    return project.startProgram('/usr/bin/env', words, { cwd: path.resolve(project.cwd, folder) }).ended;
  };
  const script = path.join(installed, 'recipes/first.js');

  test.each([
    ['rehearses', ['--rehearse']],
    ['rehearses with agents in processes of their own', ['--rehearse', '--agent', 'print']],
  ])('%s', async (_way, flags) => {
    const { code, stdout, stderr } = await started(['run', script, ...flags]);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('4 done') as string });
    expect(stdout).toMatch(/^An answer to “.*” \(rehearsal\)\n$/);
  });

  test('lists what ran, in the folder of that HOME', async () => {
    expect(await started(['list'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(' first ') as string,
    });
    expect(readdirSync(path.join(project.cwd, '.local/state/andwait/runs')).length).toBeGreaterThan(0);
  });
});

test('runs where nobody may write, for a user who did not install it', async () => {
  const isRoot = process.getuid?.() === 0;
  const stranger = 54_321;
  const home = path.join(project.cwd, 'home');
  mkdirSync(home);
  for (const dir of [suite, project.cwd]) chmodSync(dir, 0o755);
  await run('chmod', ['-R', 'a-w,a+rX', installed]);
  if (isRoot) chownSync(home, stranger, stranger);
  const ended = await project.startProgram('/bin/sh', [path.join(installed, 'recipes/demo.sh')], {
    cwd: home,
    env: { PATH: CRON_PATH, HOME: home, ANDWAIT_HOME: undefined },
    ...(isRoot ? { uid: stranger } : {}),
  }).ended;
  await run('chmod', ['-R', 'u+w', installed]);
  expect(ended).toMatchObject({ code: 0 });
  expect(readdirSync(home)).toEqual(['.local']);
});
