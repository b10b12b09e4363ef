/** The script's process from outside: lines go in, checked lines come out, and its end is told once, whatever ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { Clock } from '../core/ports.ts';
import { LineSplitter } from '../wire/lines/line-splitter.ts';
import { hostCommand, launcherArgs, SHELL } from './child-command.ts';
import { breakOf, type ChildBreak } from './child-end.ts';
import { ChildWatch } from './child-watch.ts';
import { residentProbe } from './resident-memory.ts';
import type { ScriptLimits } from './script-limits.ts';
import type { BreakReason } from './script-world.ts';
import { readWallLine, type WallLine } from './wall-line.ts';

export interface ChildOptions {
  readonly nodePath: string;
  /** The built script host. */
  readonly hostPath: string;
  readonly clock: Clock;
  readonly limits: ScriptLimits;
}

export interface ChildSink {
  /** A line of the right form; its kind and payload are still anybody's. */
  line(line: WallLine): void;
  /** Called once, when the process has ended and all its lines were handed over. */
  ended(end: ChildBreak): void;
}

const START_MS = 60_000;
/** The start of it, because what V8 dies of stands before a long native stack. */
const STDERR_CHARS = 8192;
/** `kind scope id ` comes on top of a payload. */
const HEAD_BYTES = 64;
const LIFE_LINE = 3;

export class ScriptChild implements AsyncDisposable {
  readonly #sink: ChildSink;
  readonly #heapMb: number;
  readonly #process: ChildProcess;
  readonly #watch: ChildWatch;
  readonly #cancelStartLimit: () => void;
  readonly #over: Promise<void>;
  #tellOver: () => void = () => {};
  /** Messages kept until the child is ready, so that its start does not count as the script's work. */
  #waiting: string[] | undefined = [];
  #sent = 0;
  /** How many of those sent the child says it is through with. */
  #handled = 0;
  #breach: ChildBreak | undefined;
  #spawnError: string | undefined;
  #stderr = '';
  #isOver = false;

  constructor(options: ChildOptions, sink: ChildSink) {
    const { clock, limits } = options;
    this.#sink = sink;
    this.#heapMb = limits.heapMb;
    this.#over = new Promise((resolve) => {
      this.#tellOver = resolve;
    });
    const probe = residentProbe();
    this.#watch = new ChildWatch({
      clock,
      limits,
      residentMb: async () => (this.#process.pid === undefined ? undefined : await probe(this.#process.pid)),
      breached: (reason, message) => this.kill(reason, message),
    });
    this.#cancelStartLimit = clock.after(START_MS, () =>
      this.kill('crashed', `the script's process did not start within ${START_MS / 1000} s`),
    );
    this.#process = started(options);
    this.#listen(limits.messageBytes);
  }

  /** Sends one wall line. After the end it goes nowhere. */
  send(line: string): void {
    if (this.#isOver) return;
    if (this.#waiting !== undefined) {
      this.#waiting.push(line);
      return;
    }
    this.#sent += 1;
    this.#watch.sent();
    this.#stdin.write(line);
  }

  /** Ends the process at once; the first reason given is the one that counts. */
  kill(reason: BreakReason, message: string): void {
    this.#breach ??= { reason, message };
    this.#process.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('crashed', 'the script host was closed');
    await this.#over;
  }

  get #stdin(): Writable {
    return stream(this.#process.stdin);
  }

  #listen(messageBytes: number): void {
    const child = this.#process;
    const splitter = new LineSplitter(
      { line: (bytes) => this.#read(bytes), tooLong: () => this.#flooded(messageBytes) },
      messageBytes + HEAD_BYTES,
    );
    stream<Readable>(child.stdout).on('data', (chunk: Buffer) => splitter.push(chunk));
    stream<Readable>(child.stderr).on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('latin1')).slice(0, STDERR_CHARS);
    });
    // A write that meets a closed pipe: the end itself is told by `close`.
    this.#stdin.on('error', () => {});
    this.#lifeLine.on('error', () => {});
    // A word on the life line tells the watcher that there is nothing left to kill.
    child.once('exit', () => this.#lifeLine.end('ended\n'));
    child.once('error', (error) => {
      this.#spawnError = error.message;
      if (child.pid === undefined) this.#end(null, null);
    });
    child.once('close', (exitCode, signal) => this.#end(exitCode, signal));
  }

  get #lifeLine(): Duplex {
    return stream<Duplex>(this.#process.stdio[LIFE_LINE] as Duplex | null | undefined);
  }

  #flooded(messageBytes: number): void {
    this.kill('flooded', `the script sent a single message of more than ${messageBytes} bytes`);
  }

  #read(bytes: Buffer): void {
    if (this.#breach !== undefined) return;
    const line = readWallLine(bytes.toString('utf8'));
    if (line !== undefined && line.scope !== 0) this.#sink.line(line);
    else if (line?.kind === 'ready') this.#ready();
    else if (line?.kind === 'idle' && line.id >= this.#handled && line.id <= this.#sent) this.#idle(line.id);
    else this.kill('crashed', `the script's process wrote what no script host writes: ${quoted(bytes)}`);
  }

  #idle(handled: number): void {
    this.#watch.handled(handled - this.#handled);
    this.#handled = handled;
  }

  #ready(): void {
    this.#cancelStartLimit();
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const line of waiting) this.send(line);
  }

  #end(exitCode: number | null, signal: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#watch[Symbol.dispose]();
    this.#cancelStartLimit();
    this.#tellOver();
    this.#sink.ended(
      breakOf({
        breach: this.#breach,
        spawnError: this.#spawnError,
        exitCode,
        signal,
        stderr: this.#stderr,
        heapMb: this.#heapMb,
      }),
    );
  }
}

/** A session of its own: Ctrl-C in the terminal is for us, who then end the script in order. */
function started({ nodePath, hostPath, limits }: ChildOptions): ChildProcess {
  return spawn(SHELL, launcherArgs(hostCommand(nodePath, hostPath, limits.heapMb)), {
    env: {},
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
}

/** Every stdio entry was asked for as a pipe; Node's types cannot know. */
function stream<T extends Readable | Writable>(end: T | null | undefined): T {
  if (end === null || end === undefined) throw new Error('a child process without its pipes');
  return end;
}

function quoted(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, 80).toString('latin1'));
}
