/** Runs a whole program inside the test: real children, but argv, environment, streams and signals in our hands. */
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { andwaitMain } from '../../../src/cli/main.ts';
import type { Clock } from '../../../src/core/ports.ts';
import type { Program, ProgramSignal } from '../../../src/core/program.ts';
import { systemClock } from '../system-clock.ts';

export const DIST = path.resolve(import.meta.dirname, '../../../dist');

export interface Invocation {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdin?: string;
  readonly homeDir?: string | undefined;
  readonly clock?: Clock;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly ended: Promise<Ended>;
  /** Resolves with the text so far once stderr holds `part`. */
  untilStderr(part: string): Promise<string>;
  signal(name: ProgramSignal): void;
}

export function startAndwait({
  argv,
  env = {},
  cwd,
  stdin = '',
  clock = systemClock,
  ...over
}: Invocation): Started {
  const stdout = collector();
  const stderr = collector();
  const listeners = new Map<ProgramSignal, Set<() => void>>();
  const program: Program = {
    argv,
    env: { PATH: '/usr/bin:/bin', ...env },
    cwd,
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    clock,
    random: Math.random,
    nodePath: process.execPath,
    distDir: DIST,
    pid: process.pid,
    cores: 2,
    uid: process.getuid?.() ?? 0,
    homeDir: 'homeDir' in over ? over.homeDir : cwd,
    kill: (pid, signal) => void process.kill(pid, signal),
    ignoredSignals: [],
    onSignal(signal, listener) {
      const set = listeners.get(signal) ?? new Set();
      listeners.set(signal, set.add(listener));
      return () => set.delete(listener);
    },
  };
  const ended = andwaitMain(program).then((code) => ({ code, stdout: stdout.text(), stderr: stderr.text() }));
  return {
    ended,
    untilStderr: stderr.until,
    signal: (name) => {
      for (const listener of listeners.get(name) ?? []) listener();
    },
  };
}

export function runAndwait(invocation: Invocation): Promise<Ended> {
  return startAndwait(invocation).ended;
}

function collector() {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  const waiting = new Set<() => void>();
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    for (const look of waiting) look();
  });
  const text = () => Buffer.concat(chunks).toString('utf8');
  const until = (part: string) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (!text().includes(part)) return;
        waiting.delete(look);
        resolve(text());
      };
      waiting.add(look);
      look();
    });
  return { stream, text, until };
}
