/** Starts a child in a process group of its own; whichever way a failed start is told, it comes back as one error. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Environment } from '../../core/program.ts';
import type { CommandLine } from '../program/command-line.ts';

export type Started =
  | { readonly kind: 'started'; readonly child: ChildProcessWithoutNullStreams; readonly pid: number }
  | { readonly kind: 'failed'; readonly error: Error };

/** `inherited`: a connection that the child gets as its descriptor 3. */
export async function startChild(
  commandLine: CommandLine,
  cwd: string,
  env: Environment,
  inherited?: Socket,
): Promise<Started> {
  try {
    const child = spawn(commandLine.file, commandLine.args, {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe', ...(inherited === undefined ? [] : [inherited])],
      // A group (and session) of its own: one signal then reaches whatever the agent started, and a Ctrl-C at the
      // terminal reaches andwait alone, which decides what becomes of its agents.
      detached: true,
    }) as ChildProcessWithoutNullStreams;
    // Node throws for some failures (E2BIG, ENOEXEC) and tells others (ENOENT, EACCES, EAGAIN) by an event.
    if (child.pid !== undefined) return { kind: 'started', child, pid: child.pid };
    return await new Promise((resolve) => {
      child.once('error', (error) => resolve({ kind: 'failed', error }));
    });
  } catch (error) {
    return { kind: 'failed', error: error as Error };
  }
}
