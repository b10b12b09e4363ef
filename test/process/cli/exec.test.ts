/** `andwait exec`: a command ends below it as it ends without it, and once it was told to stop nothing of it is left. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readResult } from '../../../src/journal/find-run.ts';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { RunFolder } from '../../../src/journal/run-folder.ts';
import { isRunning } from '../../support/agents/agent-run.ts';
import {
  ANDWAIT,
  ShellProject,
  type StartOptions,
  suiteFolder,
  twoAtOnce,
} from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const isLinux = process.platform === 'linux';

/** No broker outlives its test by more than a second. */
const POOL = { ANDWAIT_POOL_IDLE_SECONDS: '5' };

function project(files: Readonly<Record<string, string>> = {}): ShellProject {
  return new ShellProject(suite, files);
}

function start(
  of: ShellProject,
  command: readonly string[],
  options: StartOptions & { flags?: readonly string[] } = {},
) {
  const { flags = [], env, ...more } = options;
  return of.start(['exec', ...flags, '--', ...command], { ...more, env: { ...POOL, ...env } });
}

const sh = (script: string, ...args: string[]) => ['/bin/sh', '-c', script, 'recipe', ...args];

function folderOf(of: ShellProject): RunFolder {
  const [runId = ''] = of.runIds();
  return new RunFolder(of.state, runId);
}

describe('transparent', () => {
  type Case = [name: string, command: readonly string[], options?: StartOptions];
  const cases: Case[] = [
    ['exit 0', sh('exit 0')],
    ['exit 1', sh('exit 1')],
    ['exit 255', sh('exit 255')],
    ['its words and its order', sh('printf out; printf err >&2; exit 3')],
    [
      'arguments are not taken apart',
      sh('for word; do printf "[%s]" "$word"; done', 'a b', '', '--', "it's", '$HOME', '--quiet'),
    ],
    ['stdin is its own', ['/bin/cat'], { stdin: 'some\ninput' }],
    ['stdin that it leaves alone', sh('exit 0'), { stdin: 'x'.repeat(100_000) }],
    ['a large output', sh('head -c 3000000 /dev/zero | tr "\\0" x')],
    ['a large stderr', sh('head -c 3000000 /dev/zero | tr "\\0" x >&2')],
    ['a reader that went away', sh('yes 2>/dev/null | head -c 10')],
    ['killed by TERM', sh('kill -TERM $$')],
    ['killed by HUP', sh('kill -HUP $$')],
    ['killed by INT', sh('kill -INT $$')],
    ['killed by KILL', sh('kill -KILL $$')],
    ['killed by ALRM', sh('kill -ALRM $$')],
    ['its folder', sh('pwd')],
    ['a script without #!', ['./plain.sh']],
  ];

  // They leave nothing that another one could meet, and one broker serves them all.
  const of = project();
  of.write('plain.sh', 'echo plain; exit 4\n', 0o755);

  test.concurrent.each<Case>(cases)('%s', async (...[, command, options]: Case) => {
    const [file = '', ...args] = command;
    const bare = await of.startProgram('/usr/bin/env', [file, ...args], options).ended;
    const below = await twoAtOnce.add(() => start(of, command, options).ended);
    expect(below).toEqual(bare);
  });

  test('dies of a signal that would write a core: the status a shell gives it', async () => {
    const { code, signal } = await start(project(), sh('ulimit -c 0; kill -SEGV $$')).ended;
    expect({ code, signal }).toEqual({ code: 139, signal: null });
  });

  test.each([
    ['not found', ['no-such-program'], 127, 'andwait: "no-such-program": not found on PATH\n'],
    ['a path to nothing', ['./no-such'], 127, /^andwait: "\.\/no-such": there is no such file.*\n$/],
    ['not executable', ['./text'], 126, /^andwait: "\.\/text" may not be executed.*\n$/],
  ])('%s', async (_name, command, code, stderr) => {
    const ended = await start(project({ text: 'echo' }), command).ended;
    expect(ended).toEqual({
      code,
      signal: null,
      stdout: '',
      stderr: typeof stderr === 'string' ? stderr : (expect.stringMatching(stderr) as string),
    });
  });
});

describe('the run', () => {
  test('is recorded, and its calls can find it', async () => {
    const of = project();
    const { stdout } = await start(
      of,
      sh('printf "%s|" "$ANDWAIT_RUN_ID" "$ANDWAIT_RUN_DIR" "$ANDWAIT_EXEC" "${PATH%%:*}"; exit 5'),
    ).ended;
    const folder = folderOf(of);
    const [runId] = of.runIds();
    expect(stdout).toBe(`${runId}|${folder.dir}|1|${path.resolve(ANDWAIT, '../../shims')}|`);
    expect(JSON.parse(readFileSync(folder.descriptionFile, 'utf8'))).toMatchObject({
      kind: 'exec',
      name: 'sh',
      args: { command: expect.arrayContaining(['/bin/sh', '-c']) as string[] },
      cwd: of.cwd,
    });
    expect(readResult(folder)).toMatchObject({
      status: 'failed',
      result: { exitCode: 5, signal: null },
      attempts: [{ attempt: 1, status: 'failed' }],
    });
    const types = readJournal(folder.journalFile).records.map(({ type }) => type);
    expect(types).toEqual(['header', 'attempt', 'end']);
    expect((await of.run(['list'])).stdout).toMatch(/ sh +failed /);
  });

  test('--cwd is where it starts', async () => {
    const of = project({ 'sub/file': '' });
    const { stdout } = await start(of, ['/bin/pwd'], { flags: ['--cwd', 'sub'] }).ended;
    expect(stdout).toBe(`${path.join(of.cwd, 'sub')}\n`);
  });

  test.each([
    ['', 'exec needs a command behind `--`'],
    ['--cwd nowhere -- true', 'does not exist'],
    ['--resume 20990101-000000-aaaaaa', 'there is no run'],
    ['--fail-on x -- true', '--fail-on "x": expected'],
    ['make -j8', 'behind `--`'],
    ['--no-such-flag -- true', 'unknown flag --no-such-flag'],
  ])('exec %s: refused before anything is made', async (words, message) => {
    const of = project();
    const { code, stdout, stderr } = await of.run(['exec', ...words.split(' ').filter(Boolean)], {
      env: POOL,
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(of.runIds()).toEqual([]);
  });

  test('a workflow’s run is not a recipe’s', async () => {
    const script = "export const meta = { name: 'w', description: 'd' }\nreturn 1\n";
    const of = project({ 'w.js': script });
    await of.run(['run', 'w.js', '--rehearse']);
    const { code, stderr } = await of.run(['exec', '--resume', of.runIds()[0] ?? ''], { env: POOL });
    expect(code).toBe(2);
    expect(stderr).toMatch(/is no recipe's .*andwait resume /);
  });

  test('without a pool nothing is started: no cap could be kept', async () => {
    const of = project({ state: 'a file where the state folder should be' });
    const { code, stdout, stderr } = await start(of, sh('echo ran; touch ran')).ended;
    expect({ code, stdout }).toEqual({ code: 75, stdout: '' });
    expect(stderr).toMatch(/^andwait: .*pool/);
    expect(existsSync(path.join(of.cwd, 'ran'))).toBe(false);
  });
});

/** Waits on its stdin, which the test holds open: no recipe here ends by itself. */
const WAITS = 'echo ready; read line; echo "$line"';

describe.runIf(isLinux)('told to stop', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s reaches the recipe, and we die of what it dies of',
    async (signal) => {
      const of = project();
      const run = start(of, sh(WAITS), { stdin: 'open' });
      await run.until('stdout', 'ready');
      run.child.kill(signal);
      expect(await run.ended).toMatchObject({ code: null, signal, stdout: 'ready\n' });
      expect(readResult(folderOf(of))).toMatchObject({ status: 'stopped' });
      expect(readJournal(folderOf(of).journalFile).records.at(-1)).toMatchObject({
        type: 'end',
        status: 'stopped',
      });
    },
  );

  test('a recipe that puts itself in order is let to, and its exit status stays', async () => {
    const run = start(project(), sh(`trap 'echo tidy; exit 9' TERM; ${WAITS}`), { stdin: 'open' });
    await run.until('stdout', 'ready');
    run.child.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ code: 9, signal: null, stdout: 'ready\ntidy\n' });
  });

  /** A child in a session of its own, its parent gone: neither group nor parent leads to it. */
  const hidden = (inner: string) =>
    `(setsid /bin/sh -c '${inner}' &) </dev/null; until [ -s pid ]; do :; done; ${WAITS}`;
  const pidIn = (of: ShellProject) => Number(readFileSync(path.join(of.cwd, 'pid'), 'utf8'));

  test('what it hid in a session of its own is ended too', async () => {
    const of = project();
    const run = start(of, sh(hidden('echo $$ > pid; exec tail -f /dev/null')), { stdin: 'open' });
    await run.until('stdout', 'ready');
    const pid = pidIn(of);
    expect(isRunning(pid)).toBe(true);
    run.child.kill('SIGTERM');
    await run.ended;
    expect(isRunning(pid)).toBe(false);
  });

  test('what ignores TERM is killed at once by a second signal', async () => {
    const of = project();
    const inner = 'trap "" TERM HUP INT; echo $$ > pid; while :; do read x < fifo; done';
    const run = start(of, sh(`mkfifo fifo; trap "" TERM INT; ${hidden(inner)}`), { stdin: 'open' });
    await run.until('stdout', 'ready');
    const pid = pidIn(of);
    run.child.kill('SIGTERM');
    run.child.kill('SIGINT');
    expect(await run.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(isRunning(pid)).toBe(false);
  });

  test('a run below it that is told to stop ends what it has', async () => {
    const of = project();
    const inner = `"${process.execPath}" "${ANDWAIT}" exec -- /bin/sh -c 'echo $$ > pid; exec tail -f /dev/null'`;
    const run = start(of, sh(`${inner} & until [ -s pid ]; do :; done; ${WAITS}`), { stdin: 'open' });
    await run.until('stdout', 'ready');
    const pid = pidIn(of);
    run.child.kill('SIGTERM');
    await run.ended;
    expect(isRunning(pid)).toBe(false);
    expect(of.runIds()).toHaveLength(2);
  });

  test('the broker lives on: it is nobody’s below us', async () => {
    const of = project();
    const run = start(of, sh(WAITS), { stdin: 'open', env: { ANDWAIT_POOL_IDLE_SECONDS: '20' } });
    await run.until('stdout', 'ready');
    const { pid } = JSON.parse(readFileSync(path.join(of.state, 'pool/socket.json'), 'utf8')) as {
      pid: number;
    };
    onTestFinished(() => void process.kill(pid));
    run.child.kill('SIGTERM');
    await run.ended;
    expect(isRunning(pid)).toBe(true);
  });
});

describe.runIf(isLinux && existsSync('/usr/bin/nohup'))('started with nohup', () => {
  /** Not by our Node: what is tested is the first line of the program, which is there before Node is. */
  function nohup(command: readonly string[]) {
    const of = project();
    const env = { ...POOL, PATH: `${path.dirname(process.execPath)}:${of.env.PATH}` };
    const words = [ANDWAIT, 'exec', '--', ...command];
    return { of, ...of.startProgram('/usr/bin/nohup', words, { stdin: 'open', env }) };
  }

  test('a terminal that hangs up ends neither us nor the recipe', async () => {
    const run = nohup(sh(`echo "$$"; ${WAITS}`));
    const pid = Number((await run.until('stdout', 'ready')).split('\n')[0]);
    run.child.kill('SIGHUP');
    process.kill(pid, 'SIGHUP');
    run.child.stdin.end('all well\n');
    expect(await run.ended).toMatchObject({ code: 0, stdout: `${pid}\nready\nall well\n` });
    expect(readResult(folderOf(run.of))).toMatchObject({ status: 'completed' });
  });

  test('TERM ends both as ever', async () => {
    const run = nohup(sh(WAITS));
    await run.until('stdout', 'ready');
    run.child.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ code: null, signal: 'SIGTERM' });
  });
});

describe.runIf(isLinux)('the background', () => {
  test('what a recipe leaves there lives on, and is not waited for', async () => {
    const of = project();
    const { code } = await start(of, sh('tail -f /dev/null </dev/null >/dev/null 2>&1 & echo $! > pid'))
      .ended;
    const pid = Number(readFileSync(path.join(of.cwd, 'pid'), 'utf8'));
    onTestFinished(() => void process.kill(pid));
    expect(code).toBe(0);
    expect(isRunning(pid)).toBe(true);
  });
});
