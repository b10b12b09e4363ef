/** The recipe's own process: it keeps our terminal, our descriptors and our process group, as if the shell had started it itself. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export type RecipeEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: NodeJS.Signals }
  /** It never ran; the codes are a shell's. */
  | { readonly kind: 'not-started'; readonly code: 126 | 127; readonly message: string };

export interface RecipeProcess {
  readonly ended: Promise<RecipeEnd>;
  /** To this one process. Does nothing once it has ended: its number may be another's by then. */
  signal(signal: NodeJS.Signals): void;
}

export interface RecipePlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Stay ignored: Node gives a child none. */
  readonly ignored: readonly NodeJS.Signals[];
}

/** Whoever it starts in the background is not waited for: `exit`, not `close`. */
export function startRecipe(command: readonly string[], { cwd, env, ignored }: RecipePlace): RecipeProcess {
  const [file = '', ...args] = ignored.length === 0 ? command : startedIgnoring(ignored, command);
  let child: ChildProcess;
  try {
    // Not detached: in a group of its own it could not read from the terminal, and a Ctrl-C would not reach it.
    child = spawn(file, args, { cwd, env, stdio: 'inherit' });
  } catch (error) {
    return {
      ended: Promise.resolve(notStarted(file, cwd, error as NodeJS.ErrnoException)),
      signal: () => {},
    };
  }
  const ended = new Promise<RecipeEnd>((resolve) => {
    child.once('error', (error) => resolve(notStarted(file, cwd, error)));
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal });
    });
  });
  return { ended, signal: (signal) => void child.kill(signal) };
}

/** What a shell ignores, its children ignore, and so does what it becomes. */
function startedIgnoring(signals: readonly NodeJS.Signals[], command: readonly string[]): string[] {
  const names = signals.map((signal) => signal.replace('SIG', '')).join(' ');
  return ['/bin/sh', '-c', `trap '' ${names}; exec "$@"`, 'sh', ...command];
}

function notStarted(file: string, cwd: string, { code, message }: NodeJS.ErrnoException): RecipeEnd {
  const named = JSON.stringify(file);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const where = file.includes('/')
        ? 'there is no such file, or not its interpreter'
        : 'not found on PATH';
      return { kind: 'not-started', code: 127, message: `${named}: ${where}` };
    }
    case 'EACCES':
    case 'EPERM':
      return {
        kind: 'not-started',
        code: 126,
        message: isFolder(file, cwd)
          ? `${named} is a folder, not a program`
          : `${named} may not be executed (chmod +x?)`,
      };
    case 'E2BIG':
      return {
        kind: 'not-started',
        code: 126,
        message: `${named}: its arguments and environment are too large`,
      };
    default:
      return { kind: 'not-started', code: 126, message: `${named} could not be started: ${message}` };
  }
}

/** A word without a slash is looked for on PATH, and was not found to be one here. */
function isFolder(file: string, cwd: string): boolean {
  if (!file.includes('/')) return false;
  return statSync(path.resolve(cwd, file), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Whether a Ctrl-C at the terminal reaches our whole process group, the recipe included: a second SIGINT would look to it
 * like a second Ctrl-C. `undefined` where /proc does not tell.
 */
export function isInForeground(pid: number): boolean | undefined {
  try {
    return isForegroundStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** After `pid (name) `: state, ppid, pgrp, session, tty, tpgid. Without a terminal the last is -1. */
export function isForegroundStat(stat: string): boolean {
  const [, , pgrp, , , tpgid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return pgrp === tpgid;
}
