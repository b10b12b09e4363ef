/** What the user of `andwait new` sees while a script is written: progress and summary on stderr, signals. */
import { EXIT, exitCodeOf, signalExit } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import type { RunEvent } from '../../core/progress.ts';
import type { RunResult } from '../../core/run.ts';
import type { Stops } from '../../launch/stops.ts';
import type { ProgressSink } from '../../report/progress/progress-sink.ts';
import { summaryLines } from '../../report/summary.ts';
import { safeText } from '../../report/text/safe-text.ts';
import { RunStopped } from '../../workflow/run-workflow.ts';
import { type Interruption, listenForInterruption } from '../interruption.ts';
import { openProgress } from '../run/open-progress.ts';

export class NewTerminal implements Disposable, Stops {
  readonly #isQuiet: boolean;
  readonly #program: Program;
  readonly #interruption: Interruption;
  #progress: ProgressSink | undefined;

  constructor(isQuiet: boolean, program: Program) {
    this.#isQuiet = isQuiet;
    this.#program = program;
    this.#interruption = listenForInterruption(program, (signal, isSecond) =>
      this.#progress?.note(`andwait: ${signal}: ${isSecond ? 'killing' : 'stopping'} the agent`),
    );
  }

  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  get hurry(): AbortSignal {
    return this.#interruption.hurry;
  }

  async open(): Promise<void> {
    if (!this.#isQuiet) this.#progress = await openProgress(this.#program);
  }

  readonly event = (event: RunEvent): void => this.#progress?.event(event);

  /** How the writing ended. */
  ended(result: RunResult): void {
    const progress = this.#progress;
    this.#progress = undefined;
    progress?.event(result);
    progress?.end();
    if (progress === undefined) return;
    const { findings } = progress.view;
    this.tell(summaryLines({ result, findings, nextStep: undefined }));
  }

  /** Unless nobody wants to hear it. */
  tell(lines: readonly string[]): void {
    if (!this.#isQuiet) this.insist(lines);
  }

  /** Quiet or not. */
  insist(lines: readonly string[]): void {
    this.#program.stderr.write(lines.map((line) => `${safeText(line)}\n`).join(''));
  }

  exitOf(result: RunResult): number {
    return result.status === 'completed' ? EXIT.done : exitCodeOf(result, this.#interruption.received());
  }

  /** The exit code of what was stopped before there was a run, or after it; rethrows anything else. */
  stopped(error: unknown): number {
    const signal = this.#interruption.received();
    if (error instanceof RunStopped && signal !== undefined) return signalExit(signal);
    throw error;
  }

  [Symbol.dispose](): void {
    this.#progress?.end();
    this.#interruption[Symbol.dispose]();
  }
}
