/** What can end the program from outside: signals, and a reader that goes away. The first one counts. */
import { signalExit } from '../../core/exit.ts';
import type { Program, ProgramSignal } from '../../core/program.ts';
import { EXIT_ERROR } from '../refuse.ts';

/** SIGINT: the turn ends, and its result says so. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The program ends with this status and writes nothing more. */
export class Ended extends Error {
  override readonly name = 'Ended';
  readonly exitCode: number;
  constructor(why: string, exitCode: number) {
    super(why);
    this.exitCode = exitCode;
  }
}

/** As a shell reports a program that wrote to a closed pipe: `… | head` is no error of ours, and no success either. */
const BROKEN_PIPE_EXIT = 141;

/** Of a pipe or a socket whose reader went away. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET']);

export class Ending implements Disposable {
  readonly #controller = new AbortController();
  readonly #cleanUps: (() => void)[] = [];

  constructor(program: Program) {
    const on = (signal: ProgramSignal, reason: () => Error): void => {
      this.#cleanUps.push(program.onSignal(signal, () => this.#end(reason())));
    };
    on('SIGINT', () => new Interrupted('interrupted by SIGINT'));
    on('SIGTERM', () => new Ended('ended by SIGTERM', signalExit('SIGTERM')));
    on('SIGHUP', () => new Ended('ended by SIGHUP', signalExit('SIGHUP')));
    // The listener stays: Node reports a closed pipe once more when the last bytes are flushed.
    program.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (this.signal.aborted) return;
      if (GONE.has(error.code ?? '')) {
        this.#end(new Ended('nobody reads stdout any more', BROKEN_PIPE_EXIT));
        return;
      }
      program.stderr.write(`Error: stdout cannot be written, so the answer is lost: ${error.message}\n`);
      this.#end(new Ended('stdout cannot be written', EXIT_ERROR));
    });
    program.stderr.on('error', () => {});
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Rejects when the program is to end. Never resolves: an interrupted turn ends by itself. */
  get ended(): Promise<never> {
    return new Promise((_resolve, reject) => {
      const look = (): void => {
        if (this.signal.reason instanceof Ended) reject(this.signal.reason);
      };
      this.signal.addEventListener('abort', look, { once: true });
      if (this.signal.aborted) look();
    });
  }

  [Symbol.dispose](): void {
    for (const cleanUp of this.#cleanUps) cleanUp();
  }

  #end(reason: Error): void {
    this.#controller.abort(reason);
  }
}
