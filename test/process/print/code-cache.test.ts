/** What V8 made of print mode is taken up by the next run; what somebody else may have made of it is not. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeMessagesApi } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Ended, runPrint } from './print-child.ts';

const DIST = path.resolve(import.meta.dirname, '../../../dist');

let api: FakeMessagesApi;
let home: string;
/** A copy of the programs that a test may change. */
let dist: string;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
  home = temporaryFolder();
  dist = temporaryFolder();
  for (const name of ['andwait-print.js', 'print-program.js', 'package.json'])
    copyFileSync(path.join(DIST, name), path.join(dist, name));
});
afterEach(async () => await api[Symbol.asyncDispose]());

const cacheDir = (): string => path.join(home, '.local/state/andwait/code-cache');
const cached = (): string => path.join(cacheDir(), readdirSync(cacheDir())[0] ?? '');
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

async function print(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const program = path.join(dist, 'andwait-print.js');
  return await runPrint({ program, args, env: { ...api.env(home), ...env }, cwd: home });
}

const say = async (env?: Readonly<Record<string, string>>): Promise<Ended> =>
  await print(['-p', 'ECHO:hello'], env);

/** As long as it was, so that V8 takes its bytecode for the old text's; the starter still names the old one. */
function alterProgram(): void {
  const file = path.join(dist, 'print-program.js');
  const text = readFileSync(file, 'latin1');
  const altered = text.replace('(andwait-print)', '(andwait-other)');
  expect(altered).not.toBe(text);
  writeFileSync(file, altered, 'latin1');
}

test('made by the first call, for nobody else to see, and used by the next', async () => {
  expect(await say()).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' });
  expect(readdirSync(cacheDir())).toEqual([
    expect.stringMatching(`^print-program-[0-9a-f]{16}-${process.version}-${process.arch}$`),
  ]);
  expect([modeOf(cacheDir()), modeOf(cached())]).toEqual(['700', '600']);
  alterProgram();
  expect((await print(['--version'])).stdout).toContain('(andwait-print)');
  expect(await say()).toMatchObject({ code: 0, stdout: 'hello\n' });
  expect(readdirSync(cacheDir())).toHaveLength(1);
});

test.each<[string, () => void]>([
  ['others may write', () => chmodSync(cached(), 0o620)],
  ['others may replace', () => chmodSync(cacheDir(), 0o777)],
  [
    'a link names',
    () => {
      const elsewhere = path.join(temporaryFolder(), 'kept');
      const file = cached();
      renameSync(file, elsewhere);
      symlinkSync(elsewhere, file);
    },
  ],
])('what %s is not run', async (_name, spoil) => {
  await say();
  spoil();
  alterProgram();
  expect((await print(['--version'])).stdout).toContain('(andwait-other)');
});

test.each(['garbage', ''])('what is no bytecode (%j) is passed over, and made anew', async (text) => {
  await say();
  const { size } = statSync(cached());
  writeFileSync(cached(), text);
  expect(await say()).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' });
  expect(statSync(cached()).size).toBeGreaterThan(size / 2);
});

test('what a disk has damaged is passed over, and made anew', async () => {
  await say();
  const bytes = readFileSync(cached());
  writeFileSync(cached(), bytes.fill(0, bytes.length >> 1));
  expect(await say()).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' });
  expect(readFileSync(cached()).equals(bytes)).toBe(false);
});

test('calls with other flags of V8 leave each other’s alone', async () => {
  const flags = { NODE_OPTIONS: '--stack-trace-limit=50' };
  await say();
  await say(flags);
  const made = readdirSync(cacheDir()).map((name) => statSync(path.join(cacheDir(), name)).ino);
  expect(made).toHaveLength(2);
  await say();
  await say(flags);
  expect(readdirSync(cacheDir()).map((name) => statSync(path.join(cacheDir(), name)).ino)).toEqual(made);
});

test('`andwait gc` removes that of other programs, and keeps what the next call takes up', async () => {
  await say();
  const own = readdirSync(cacheDir());
  writeFileSync(path.join(cacheDir(), `print-program-${'0'.repeat(16)}-v20.0.0-x64`), 'old');
  const { stdout } = spawnSync(process.execPath, [path.join(DIST, 'andwait.js'), 'gc'], {
    env: { HOME: home },
    encoding: 'utf8',
  });
  expect(stdout).toBe('removed bytecode of earlier programs, 0.0 MB\nremoved 0 of 0 runs, 0.0 MB\n');
  expect(readdirSync(cacheDir())).toEqual(own);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['no folder can be made', { ANDWAIT_HOME: '/dev/null/state' }],
  ['the place is none', { ANDWAIT_HOME: 'relative' }],
])('where %s the program runs as well', async (_name, env) => {
  expect(await say(env)).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' });
});

test.each([[['--version']], [['--help']], [['-p', 'x', '--rehearse']], [['-p', 'FAIL:400']]])(
  'nothing is kept of %j, which uses little',
  async (args) => {
    await print(args);
    expect(readdirSync(home)).not.toContain('.local');
  },
);
