/** A whole program as a function: `main(program)` runs in a test as it does in a shell. */
import type { Readable, Writable } from 'node:stream';
import packageJson from '../../package.json' with { type: 'json' };
import type { Clock } from './ports.ts';

export const VERSION: string = packageJson.version;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `process` is to a program. Only `src/bin` makes the real one. */
export interface Program {
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Absolute. Reading it throws `UserError` where the folder is gone. */
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Path of the Node that runs us: our own children start with it, whatever PATH says. */
  readonly nodePath: string;
  /** Folder of the built programs. */
  readonly distDir: string;
  readonly cores: number;
  readonly pid: number;
  readonly uid: number;
  /** The user's home folder: HOME, else the passwd entry; `undefined` when there is neither. */
  readonly homeDir: string | undefined;
  /** `process.kill`: throws ESRCH and EPERM; a negative pid is a group, signal 0 only asks. */
  kill(pid: number, signal: NodeJS.Signals | 0): void;
  /** Those that we were started with ignored, by `nohup` or a script's `&`: they pass us by, and are to pass by what we start in our place. */
  readonly ignoredSignals: readonly NodeJS.Signals[];
  /** Calls `listener` for each such signal until the returned function is called. Never for an ignored one. */
  onSignal(signal: ProgramSignal, listener: () => void): () => void;
}

export type ProgramSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Whether a process of that number is there, whoever's it is. */
export function isAlive({ kill }: Pick<Program, 'kill'>, pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
