/** The Bash tool with real shells: what they print, where they stand, and that nothing of them outlives what it should. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { bash } from '../../../src/print/tools/shell/bash.ts';
import { bashPath } from '../../../src/print/tools/shell/bash-path.ts';
import { WorkingFolder } from '../../../src/print/tools/shell/working-folder.ts';
import type { Tool } from '../../../src/print/tools/tool.ts';
import { systemClock } from '../../support/system-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Stage {
  readonly dir: string;
  readonly folder: WorkingFolder;
  readonly outputDir: string;
  run(command: string, more?: JsonObject, signal?: AbortSignal): ReturnType<Tool['run']>;
}

function stage(env: Record<string, string> = {}): Stage {
  const dir = realpathSync(temporaryFolder());
  const outputDir = path.join(realpathSync(temporaryFolder()), 'output');
  const folder = new WorkingFolder(dir, []);
  const program = {
    env: { PATH: process.env['PATH'], ...env },
    clock: systemClock,
    kill: (pid: number, signal: NodeJS.Signals | 0) => void process.kill(pid, signal),
    random: Math.random,
  };
  const tool = bash({ program, folder, outputDir });
  return {
    dir,
    folder,
    outputDir,
    run: async (command, more = {}, signal = new AbortController().signal) =>
      await tool.run({ command, ...more }, { signal, useId: 'u' }),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody waits for has ended all the same.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
}

describe('output', () => {
  test('is what was printed, both streams in their order', async () => {
    const { run } = stage();
    expect(await run('echo a; echo b >&2; echo c')).toMatchObject({ content: 'a\nb\nc', isError: false });
  });

  test('of a command that says nothing is told as such', async () => {
    expect((await stage().run('true')).content).toBe('(Bash completed with no output)');
  });

  test('comes with the exit code when that is not zero', async () => {
    const { run } = stage();
    expect(await run('echo a; exit 3')).toMatchObject({ content: 'Exit code 3\na', isError: true });
    expect(await run('kill -9 $$')).toMatchObject({ content: 'Exit code 137', isError: true });
    expect(await run('if then')).toMatchObject({ isError: true });
  });

  test('that is long is shown from both ends, and kept whole in a file of the user alone', async () => {
    const { run, outputDir } = stage();
    const { content } = await run('seq 1 20000');
    const file = /is in (\S+)\]/.exec(String(content))?.[1] ?? '';
    expect(content).toMatch(/^1\n2\n/);
    expect(content).toMatch(/\n19999\n20000$/);
    expect(String(content).length).toBeLessThan(31_000);
    expect(path.dirname(file)).toBe(outputDir);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(20_001);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(outputDir).mode & 0o777).toBe(0o700);
  });

  test('that cannot be kept is shown all the same, and that is told', async () => {
    const { run, outputDir } = stage();
    writeFileSync(outputDir, 'in the way');
    const { content, isError } = await run('seq 1 20000');
    expect(isError).toBe(false);
    expect(content).toContain('The whole output could not be kept: ');
    expect(content).toMatch(/\n20000$/);
  });

  test('is not cut inside of a character', async () => {
    const { content } = await stage().run("printf 'x'; for i in $(seq 1 20000); do printf '€'; done");
    expect(content).not.toContain('\ufffd');
  });

  test('of 100 MB costs no memory to speak of', async () => {
    const { run } = stage();
    const before = process.memoryUsage.rss();
    const { content } = await run(
      'yes 0123456789012345678901234567890123456789012345678 | head -c 100000000',
    );
    expect(content).toContain('100,000,000 bytes, is in');
    // 45 to 65 MB is what reading leaves to the collector; kept whole, it were 145 and more.
    expect(process.memoryUsage.rss() - before).toBeLessThan(90_000_000);
  });
});

describe('the shell', () => {
  test('stands where the last one stood, variables do not stay', async () => {
    const { dir, run } = stage();
    mkdirSync(path.join(dir, 'sub'));
    await run('cd sub; FOO=1');
    expect((await run('pwd; echo "[$FOO]"')).content).toBe(`${path.join(dir, 'sub')}\n[]`);
  });

  test('stays within the working directories', async () => {
    const { dir, run } = stage();
    expect((await run('cd / && pwd')).content).toBe(`/\nShell cwd was reset to ${dir}`);
    expect((await run('pwd')).content).toBe(dir);
  });

  test('starts anew where the session began when its folder is gone', async () => {
    const { dir, run } = stage();
    mkdirSync(path.join(dir, 'sub'));
    await run('cd sub');
    rmdirSync(path.join(dir, 'sub'));
    expect((await run('pwd')).content).toBe(
      `${dir}\n${path.join(dir, 'sub')} is gone: the command ran in ${dir}`,
    );
  });

  test('has nothing to read, no terminal, and only the descriptors that are its own', async () => {
    const { run } = stage();
    expect((await run('cat; echo end')).content).toBe('end');
    // The descriptors of high numbers are those of whatever runs the tests.
    expect((await run('ls /proc/self/fd | grep -x "." | tr "\\n" " "')).content).toBe('0 1 2 3');
    expect((await run('tty')).content).toContain('not a tty');
  });

  test('does not get the credentials of the session, and gets what calls below it need', async () => {
    const env = { ANTHROPIC_API_KEY: 'k1', ANTHROPIC_AUTH_TOKEN: 'k2', AWS_SECRET_ACCESS_KEY: 'k3' };
    const { run } = stage({
      ...env,
      CLAUDE_CODE_USE_BEDROCK: '1',
      ANDWAIT_LEASE: 'lease',
      ANDWAIT_RUN_ID: 'run',
    });
    const { content } = await run('env');
    expect(content).not.toMatch(/=k\d/);
    expect(content).toContain('ANDWAIT_LEASE=lease');
    expect(content).toContain('ANDWAIT_RUN_ID=run');
  });

  test.each([
    ['CLAUDE_CODE_USE_BEDROCK', 'AWS_ACCESS_KEY_ID'],
    ['CLAUDE_CODE_USE_BEDROCK', 'AWS_SESSION_TOKEN'],
    ['CLAUDE_CODE_USE_BEDROCK', 'AWS_CONTAINER_AUTHORIZATION_TOKEN'],
    ['CLAUDE_CODE_USE_BEDROCK', 'AWS_BEARER_TOKEN_BEDROCK'],
    ['CLAUDE_CODE_USE_VERTEX', 'GOOGLE_APPLICATION_CREDENTIALS'],
    ['CLAUDE_CODE_USE_FOUNDRY', 'ANTHROPIC_FOUNDRY_API_KEY'],
    ['CLAUDE_CODE_USE_FOUNDRY', 'ANTHROPIC_FOUNDRY_AUTH_TOKEN'],
  ])('with %s it does not get %s', async (chosen, credential) => {
    const { run } = stage({ [chosen]: '1', [credential]: 'k1', CLOUD_OTHER: 'kept' });
    const { content } = await run('env');
    expect(content).not.toContain('=k1');
    expect(content).toContain('CLOUD_OTHER=kept');
  });

  test('keeps credentials that are the project’s own, and all where the user says so', async () => {
    expect((await stage({ AWS_SECRET_ACCESS_KEY: 'k3' }).run('env')).content).toContain('=k3');
    const keeping = stage({ ANTHROPIC_API_KEY: 'k1', ANDWAIT_BASH_CREDENTIALS: 'keep' });
    expect((await keeping.run('env')).content).toContain('=k1');
  });

  test('heeds nothing in the environment that makes a command another than was judged', async () => {
    const { dir, run } = stage({
      CDPATH: '/',
      SHELLOPTS: 'xtrace',
      PS4: '$(echo surprise >&2)',
      GLOBIGNORE: '*',
    });
    mkdirSync(path.join(dir, 'etc'));
    expect((await run('cd etc; pwd -P; cd ..; echo "[$PS4]" *')).content).toBe(`${dir}/etc\n[+ ] etc`);
  });

  test('that is missing is said, and nothing stands in for it', async () => {
    const dir = realpathSync(temporaryFolder());
    const program = { env: {}, clock: systemClock, kill: () => {}, random: Math.random };
    const tool = bash({
      program,
      folder: new WorkingFolder(dir, []),
      outputDir: dir,
      findBash: (variable) => bashPath(variable, []),
    });
    const result = await tool.run(
      { command: 'echo ran' },
      { signal: new AbortController().signal, useId: 'u' },
    );
    expect(result).toMatchObject({ isError: true, content: expect.stringContaining('There is no bash') });
  });

  test('is looked for on PATH where it is in none of the usual places', () => {
    const dir = realpathSync(temporaryFolder());
    writeFileSync(path.join(dir, 'bash'), '', { mode: 0o700 });
    expect(bashPath(`relative:/nowhere:${dir}`, [])).toBe(path.join(dir, 'bash'));
    expect(bashPath('.:', [])).toBeUndefined();
  });

  test('reads no start-up file', async () => {
    const { dir, run } = stage({ BASH_ENV: path.join(realpathSync('/tmp'), 'nothing') });
    writeFileSync(path.join(dir, '.bashrc'), 'echo startup');
    expect((await run('echo "[$BASH_ENV]"')).content).toBe('[]');
  });
});

test('two hundred commands leave no process, no descriptor and no memory behind', async () => {
  const { run } = stage();
  await run('true');
  // Other files of this process may have servers and agents of theirs.
  const children = () =>
    readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').length;
  const childrenBefore = children();
  const descriptors = readdirSync('/proc/self/fd').length;
  for (let n = 0; n < 200; n += 1) await run('echo $(true)');
  expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(descriptors + 2);
  expect(children()).toBeLessThan(childrenBefore + 30);
});

describe('an end', () => {
  test('comes when the shell ends, whatever it left running', async () => {
    const { run } = stage();
    const began = performance.now();
    const { content } = await run('sleep 60 & echo $!');
    expect(performance.now() - began).toBeLessThan(5_000);
    process.kill(Number(content), 'SIGKILL');
  });

  test('comes at the time limit, for the whole group', async () => {
    const { run } = stage();
    const { content, isError } = await run('(trap "" TERM; sleep 60) & echo $!; wait', { timeout: 300 });
    expect(isError).toBe(true);
    expect(content).toContain('Command timed out after 0.3 s and was ended');
    await gone(Number(String(content).split('\n').at(-1)));
  });

  test('leaves time to tidy up', async () => {
    const { dir, run } = stage();
    const tidy = `(trap 'sleep 0.2; echo tidy > ${dir}/end; exit' TERM; while :; do sleep 0.02; done) & wait`;
    await run(tidy, { timeout: 300 });
    expect(readable(path.join(dir, 'end'))).toBe('tidy\n');
  });

  test('comes at once when the interrupt came before', async () => {
    const { dir, run } = stage();
    const reason = new Error('stop');
    await expect(run('touch ran', {}, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(readable(path.join(dir, 'ran'))).toBe('');
  });

  test('comes with an interrupt, which is the reason given', async () => {
    const { dir, run } = stage();
    const controller = new AbortController();
    const pidFile = path.join(dir, 'pid');
    const running = run(
      `(trap "" TERM; echo $BASHPID > ${pidFile}; exec sleep 60) & wait`,
      {},
      controller.signal,
    );
    running.catch(() => {});
    await expect.poll(() => readable(pidFile), { timeout: 5_000 }).toMatch(/\d\n/);
    const reason = new Error('stop');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    await gone(Number(readable(pidFile)));
  });

  test('is not waited for in the background', async () => {
    const result = await stage().run('sleep 1', { run_in_background: true });
    expect(result).toMatchObject({ isError: true });
    expect(result.content).toContain('run_in_background is not available');
  });
});

function readable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
