/** What the user of `andwait run` sees and does: stdout, progress and summary on stderr, signals. */

import type { EndingSignal } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import type { RunEvent } from '../core/progress.ts';
import { EMPTY_TALLY, type RunResult } from '../core/run.ts';
import type { ProgressSink } from '../report/progress-sink.ts';
import { safeLine, safeText } from '../report/safe-text.ts';
import { summaryLines } from '../report/summary.ts';
import { ScriptRefused } from '../script/parse-script.ts';
import { type Interruption, listenForInterruption } from './interruption.ts';
import { openProgress } from './open-progress.ts';
import type { RunDisplay } from './run-options.ts';
import { type RunOutput, runOutput } from './run-output.ts';

export class RunTerminal implements Disposable {
  readonly #options: RunDisplay;
  readonly #program: Program;
  readonly #output: RunOutput;
  readonly #interruption: Interruption;
  #progress: ProgressSink | undefined;

  constructor(options: RunDisplay, program: Program) {
    this.#options = options;
    this.#program = program;
    this.#output = runOutput(options.output, program.stdout);
    this.#interruption = listenForInterruption(program, (signal) =>
      this.#progress?.note(`andwait: ${signal}: stopping the agents`),
    );
    program.stdout.on('error', this.#interruption.brokenPipe);
  }

  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  stoppedBy(): EndingSignal | undefined {
    return this.#interruption.received();
  }

  /** Programs that read our JSON get an object for a refused script too; the words go where all errors go. */
  async refuse(refusal: unknown): Promise<never> {
    if (refusal instanceof ScriptRefused) await this.#output.end(refusedResult(refusal));
    throw refusal;
  }

  async open(): Promise<void> {
    if (!this.#options.quiet) this.#progress = await openProgress(this.#program);
  }

  readonly event = (event: RunEvent): void => {
    this.#output.event(event);
    this.#progress?.event(event);
  };

  async end(result: RunResult): Promise<void> {
    this.#progress?.event(result);
    this.#progress?.end();
    this.#tell(this.#summaryOf(result));
    if (this.#options.quiet) this.#program.stderr.write(errorText(result));
    await this.#output.end(result);
  }

  #summaryOf(result: RunResult): string {
    if (this.#progress === undefined) return '';
    const { findings } = this.#progress.view;
    return `${summaryLines({ result, findings, nextStep: nextStep(result) }).join('\n')}\n`;
  }

  #tell(text: string): void {
    if (!this.#options.quiet) this.#program.stderr.write(text);
  }

  [Symbol.dispose](): void {
    this.#progress?.end();
    this.#interruption[Symbol.dispose]();
  }
}

function refusedResult(refusal: ScriptRefused): RunResult {
  return {
    type: 'result',
    runId: null,
    name: null,
    status: 'refused',
    result: null,
    error: { name: refusal.name, message: refusal.message, stack: undefined },
    ...EMPTY_TALLY,
    durationMs: 0,
    attempts: [],
  };
}

/** The command that goes on, or that shows what came of it. */
function nextStep({ runId, status, calls }: RunResult): string | undefined {
  if (runId === null) return undefined;
  if (status === 'completed' && calls.failed === 0) return undefined;
  return `see what happened: andwait logs ${runId}`;
}

/** Quiet is for what went well: a failure is told all the same, in one line and the stack. */
function errorText({ status, name, runId, error }: RunResult): string {
  if (status === 'completed' || error === null) return '';
  const what = error.stack ?? `${error.name}: ${error.message}`;
  return `andwait: ${safeLine(name ?? '')} ${status} (run ${runId}): ${safeText(what)}\n`;
}
