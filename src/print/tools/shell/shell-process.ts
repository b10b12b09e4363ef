/**
 * Runs one shell command as a process group and session of its own. It is over when the shell has ended: what it left
 * running may hold its output open, and is not waited for.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../core/ports.ts';
import { elapsed, withinQuiet } from '../../../wire/waiting.ts';
import type { GroupWarden } from './group-warden.ts';
import { KeptOutput, type ShownOutput } from './kept-output.ts';

export interface ShellDeps {
  readonly clock: Clock;
  kill(pid: number, signal: NodeJS.Signals | 0): void;
  readonly warden: GroupWarden;
}

export interface ShellOrder {
  /** Path of the shell. */
  readonly bash: string;
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Where output goes that is too much to show. */
  readonly outputFile: string;
  readonly signal: AbortSignal;
}

export interface ShellEnd {
  /** As a shell tells it: 128 and the signal's number. */
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly output: ShownOutput;
  /** Where the shell stood at its end; `undefined` when it did not come to say. */
  readonly cwd: string | undefined;
}

/**
 * Over descriptor 3 the shell is told to begin, once the warden knows of it, and tells where it stands at the end. The
 * command does not get it, so nothing it starts can hold it.
 */
const WRAPPER = 'exec 2>&1\nread -r _ <&3 || exit\neval "$1" 3>&-\nset -- "$?"\npwd -P >&3\nexit "$1"';

/** Time to end tidily between TERM and KILL. */
const GRACE_MS = 1_000;
const LOOK_MS = 20;
/** What is left in the pipes of a shell that has ended comes within this, or from something that still runs. */
const QUIET_MS = 100;
const MAX_QUIET_ROUNDS = 10;

/** Rejects with the signal's reason when that is aborted, once nothing of the group is left. */
export async function runShell(order: ShellOrder, deps: ShellDeps): Promise<ShellEnd> {
  order.signal.throwIfAborted();
  const run = new ShellRun(order, deps);
  return await run.end();
}

class ShellRun {
  readonly #order: ShellOrder;
  readonly #deps: ShellDeps;
  readonly #child: ChildProcess;
  readonly #output: KeptOutput;
  readonly #exit: Promise<number>;
  readonly #closed: Promise<void>;
  readonly #cancels: (() => void)[] = [];
  #isClosed = false;
  #timedOut = false;
  #bytes = 0;
  #cwd = '';

  constructor(order: ShellOrder, deps: ShellDeps) {
    this.#order = order;
    this.#deps = deps;
    this.#output = new KeptOutput(order.outputFile);
    this.#child = spawn(order.bash, ['-c', WRAPPER, order.bash, order.command], {
      cwd: order.cwd,
      env: { ...order.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    const child = this.#child;
    this.#exit = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? exitCodeOf(signal)));
    });
    this.#closed = new Promise((resolve) => {
      child.once('close', () => {
        this.#isClosed = true;
        resolve();
      });
    });
    this.#listen();
    if (child.pid === undefined) return;
    deps.warden.watch(child.pid);
    this.#place?.write('\n');
  }

  async end(): Promise<ShellEnd> {
    const { signal, timeoutMs } = this.#order;
    const abort = (): void => this.#endGroup();
    signal.addEventListener('abort', abort, { once: true });
    this.#cancels.push(
      () => signal.removeEventListener('abort', abort),
      this.#deps.clock.after(timeoutMs, () => {
        this.#timedOut = true;
        this.#endGroup();
      }),
    );
    try {
      const exitCode = await this.#exit;
      const wasEnded = this.#timedOut || signal.aborted;
      if (wasEnded) await this.#endRest();
      await this.#drained();
      const output = await this.#output.end();
      signal.throwIfAborted();
      const cwd = this.#cwd.replace(/\n$/, '');
      return { exitCode, timedOut: this.#timedOut, output, cwd: cwd === '' ? undefined : cwd };
    } finally {
      for (const cancel of this.#cancels) cancel();
      this.#letGo();
      this.#deps.warden.forgetEnded((pid, zero) => this.#deps.kill(pid, zero));
    }
  }

  #listen(): void {
    const { stdout } = this.#child;
    stdout?.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#output.write(chunk)) return;
      stdout.pause();
      void this.#output.drained().then(() => stdout.resume());
    });
    stdout?.on('error', () => {});
    this.#place?.on('data', (chunk: Buffer) => {
      this.#cwd += chunk.toString('utf8');
    });
    this.#place?.on('error', () => {});
  }

  get #place(): Duplex | undefined {
    return (this.#child.stdio[3] as Duplex | null | undefined) ?? undefined;
  }

  /** TERM, and KILL for what does not heed it. */
  #endGroup(): void {
    this.#signalGroup('SIGTERM');
    this.#cancels.push(this.#deps.clock.after(GRACE_MS, () => this.#signalGroup('SIGKILL')));
  }

  /** A shell heeds TERM at once; what it started may have something to put away first. */
  async #endRest(): Promise<void> {
    for (let waitedMs = 0; waitedMs < GRACE_MS && this.#signalGroup(0); waitedMs += LOOK_MS) {
      await elapsed(this.#deps.clock, LOOK_MS);
    }
    this.#signalGroup('SIGKILL');
  }

  /** False: nothing of it is left. */
  #signalGroup(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      this.#deps.kill(-pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  async #drained(): Promise<void> {
    for (let round = 0; round < MAX_QUIET_ROUNDS && !this.#isClosed; round += 1) {
      const before = this.#bytes;
      await withinQuiet(this.#closed, QUIET_MS, this.#deps.clock);
      if (this.#bytes === before && this.#child.stdout?.isPaused() !== true) return;
    }
  }

  /** Pipes that something left behind still holds. */
  #letGo(): void {
    this.#child.stdout?.destroy();
    this.#place?.destroy();
  }
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGABRT: 6, SIGFPE: 8, SIGKILL: 9 },
  ...{ SIGSEGV: 11, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGXFSZ: 25 },
};

function exitCodeOf(signal: NodeJS.Signals | null): number {
  return 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0);
}
