/** What a program that helps prints, up to a limit of bytes and time: git and ripgrep, a hook, the command that prints a key. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../core/ports.ts';

export interface ProgramOrder {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
  /** What it is to read; nothing otherwise. */
  readonly stdin?: string;
  /** Ends a whole group: the program is given one of its own, since what it starts may outlive it. */
  readonly killGroup?: (pid: number) => void;
}

export interface ProgramOutput {
  /** `null`: it was ended. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly cut: 'time' | 'size' | undefined;
}

/** As measured. What it started and left behind may hold its pipes for as long as it likes. */
const AFTER_EXIT_MS = 1_000;

/** `undefined`: there is no such program, or it cannot be started. Rejects with the reason of an aborted signal. */
export async function programOutput(order: ProgramOrder): Promise<ProgramOutput | undefined> {
  const { file, args, cwd, env, timeoutMs, maxBytes, signal, clock, stdin, killGroup } = order;
  signal?.throwIfAborted();
  const child = spawn(file, [...args], {
    cwd,
    env: { ...env },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: killGroup !== undefined,
  });
  // It may end without having read all of it.
  child.stdin?.on('error', () => {});
  child.stdin?.end(stdin);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let stderr = '';
  let cut: ProgramOutput['cut'];
  const close = (): void => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const end = (why: ProgramOutput['cut']): void => {
    cut ??= why;
    endAll(child, killGroup);
    // What it started may hold the pipes.
    close();
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, maxBytes - bytes);
    bytes += kept.length;
    if (kept.length > 0) chunks.push(kept);
    if (kept.length < chunk.length) end('size');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    if (stderr.length < 4_000) stderr += chunk.toString('utf8');
  });
  const abort = (): void => end(undefined);
  signal?.addEventListener('abort', abort, { once: true });
  let cancel = clock.after(timeoutMs, () => end('time'));
  child.once('exit', () => {
    cancel();
    // What it wrote itself is read first, however late we are.
    cancel = clock.after(AFTER_EXIT_MS, () => setImmediate(close));
  });
  try {
    const code = await new Promise<number | null | undefined>((resolve) => {
      child.once('error', () => resolve(undefined));
      child.once('close', (exitCode) => resolve(exitCode));
    });
    signal?.throwIfAborted();
    return code === undefined ? undefined : { code, stdout: Buffer.concat(chunks), stderr, cut };
  } finally {
    cancel();
    signal?.removeEventListener('abort', abort);
  }
}

function endAll(child: ChildProcess, killGroup: ProgramOrder['killGroup']): void {
  if (killGroup === undefined || child.pid === undefined) {
    child.kill('SIGKILL');
    return;
  }
  try {
    killGroup(child.pid);
  } catch {
    // Gone already.
  }
}
