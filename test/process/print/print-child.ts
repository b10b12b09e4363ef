/** Runs the built `andwait-print` as a shell would, with an environment of its own and nothing of ours. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../../dist/andwait-print.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as NDJSON. */
  readonly events: readonly JsonObject[];
}

export interface PrintCall {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `open` leaves stdin a pipe that says nothing. */
  readonly stdin?: string | 'open';
  readonly cwd?: string;
  /** A copy of it. */
  readonly program?: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export function startPrint({ args, env = {}, stdin = '', cwd = '/', program = PROGRAM }: PrintCall): Started {
  // A copy's bytecode is what its test is about.
  const state = program === PROGRAM ? { ANDWAIT_HOME: inject('sharedState') } : {};
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: '/usr/bin:/bin', ...state, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A program that refuses its flags does not read the prompt first.
  child.stdin.on('error', () => {});
  if (stdin !== 'open') child.stdin.end(stdin);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const text = Buffer.concat(stdout).toString('utf8');
      resolve({
        code,
        signal,
        stdout: text,
        stderr: Buffer.concat(stderr).toString('utf8'),
        events: eventsIn(text),
      });
    });
  });
  return { child, ended };
}

/** Into a state folder that a test needs for itself: what other sessions have compiled by now. */
export function takeBytecode(state: string): void {
  const [from, to] = [inject('sharedState'), state].map((dir) => path.join(dir, 'code-cache')) as [
    string,
    string,
  ];
  mkdirSync(to, { recursive: true, mode: 0o700 });
  if (!existsSync(from)) return;
  for (const name of readdirSync(from).filter((each) => !each.endsWith('.tmp'))) {
    linkSync(path.join(from, name), path.join(to, name));
  }
}

export async function runPrint(call: PrintCall): Promise<Ended> {
  return await startPrint(call).ended;
}

function eventsIn(stdout: string): JsonObject[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as JsonObject);
}

export const STREAM = ['--output-format', 'stream-json', '--verbose'] as const;
export const JSON_FORMAT = ['--output-format', 'json'] as const;
