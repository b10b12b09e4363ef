/** The built programs as a shell starts them: a project folder and an environment of their own, every stream in the test's hands. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import PQueue from 'p-queue';
import { afterAll, onTestFinished } from 'vitest';
import { DIST, runAndwait } from './run-in-process.ts';

export const ANDWAIT = path.join(DIST, 'andwait.js');

/** A folder for the tests of one file, gone when the last of them is over. To be called where the file begins. */
export function suiteFolder(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'andwait-suite-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** For tests that run concurrently: as many programs at once as two cores carry. */
export const twoAtOnce = new PQueue({ concurrency: 2 });

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves with the text so far once that stream holds `part`; rejects when it ended without. */
  until(stream: 'stdout' | 'stderr', part: string | RegExp): Promise<string>;
}

export interface CommandOptions {
  readonly env?: Environment;
  readonly cwd?: string;
  /** What stdin holds; nothing where it is left out. */
  readonly stdin?: string;
}

export interface StartOptions extends Omit<CommandOptions, 'stdin'> {
  /** Written to stdin, which then ends. `undefined`: it ends at once. `open`: it never does. */
  readonly stdin?: string | 'open';
  readonly uid?: number;
}

export class ShellProject {
  readonly cwd: string;
  readonly state: string;

  constructor(suite: string, files: Readonly<Record<string, string | Uint8Array>> = {}) {
    this.cwd = mkdtempSync(path.join(suite, 'project-'));
    this.state = path.join(this.cwd, 'state');
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string | Uint8Array, mode = 0o644): string {
    const file = path.join(this.cwd, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
    return file;
  }

  /** An agent program named `claude`, first on PATH. The body is sh; the prompt is on stdin. */
  agent(body: string): void {
    const version = '[ "$1" = --version ] && echo "9.9.9 (fake)" && exit 0';
    this.write('bin/claude', `#!/bin/sh\n${version}\n${body}\n`, 0o755);
  }

  get env(): Readonly<Record<'PATH' | 'HOME' | 'ANDWAIT_HOME' | 'ANDWAIT_POOL_IDLE_SECONDS', string>> {
    const { cwd } = this;
    return {
      PATH: `${path.join(cwd, 'bin')}:/usr/bin:/bin`,
      HOME: cwd,
      ANDWAIT_HOME: this.state,
      // No broker outlives its test by long.
      ANDWAIT_POOL_IDLE_SECONDS: '5',
    };
  }

  start(args: readonly string[], options: StartOptions = {}): Running {
    return this.startProgram(process.execPath, [ANDWAIT, ...args], options);
  }

  startProgram(
    file: string,
    args: readonly string[],
    { env, cwd = this.cwd, stdin, uid }: StartOptions = {},
  ): Running {
    const user = uid === undefined ? {} : { uid, gid: uid };
    const child = spawn(file, args, { cwd, env: { ...this.env, ...env }, ...user });
    // A program that does not read its stdin may be gone before we have written it.
    child.stdin.on('error', () => {});
    if (stdin !== 'open') child.stdin.end(stdin);
    return running(child);
  }

  /** The whole command inside this process, which costs no start of a program: for all that no operating system decides. */
  async run(
    args: readonly string[],
    { env, cwd = this.cwd, stdin = '' }: CommandOptions = {},
  ): Promise<Ended> {
    const given = Object.entries({ ...this.env, ...env }).filter((entry) => entry[1] !== undefined);
    const whole = Object.fromEntries(given) as Record<string, string>;
    const ended = await runAndwait({ argv: args, env: whole, cwd, stdin, homeDir: whole['HOME'] });
    return { ...ended, signal: null };
  }

  runIds(): string[] {
    try {
      return readdirSync(path.join(this.state, 'runs')).sort();
    } catch {
      return [];
    }
  }
}

/** Killed with the test, where it still runs then: whatever it has open is closed before the next one begins. */
export function endedWithTest(started: Running): Running {
  onTestFinished(async () => {
    started.child.kill('SIGKILL');
    await started.ended;
  });
  return started;
}

export function running(child: ChildProcessWithoutNullStreams): Running {
  const text = { stdout: '', stderr: '' };
  const looks = new Set<() => void>();
  let over = false;
  const lookAll = (): void => {
    for (const look of looks) look();
  };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (chunk: string) => {
      text[name] += chunk;
      lookAll();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      lookAll();
      resolve({ code, signal, ...text });
    });
  });
  const until: Running['until'] = (stream, part) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const isThere = typeof part === 'string' ? text[stream].includes(part) : part.test(text[stream]);
        if (!isThere && !over) return;
        looks.delete(look);
        if (isThere) resolve(text[stream]);
        else reject(new Error(`${stream} ended without ${String(part)}:\n${text[stream]}\n${text.stderr}`));
      };
      looks.add(look);
      look();
    });
  return { child, ended, until };
}
