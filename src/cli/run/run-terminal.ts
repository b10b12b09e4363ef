/** What the user of `andwait run` sees and does: stdout, progress and summary on stderr, signals. */

import { EXIT, exitCodeOf, signalExit, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import type { RunEvent } from '../../core/progress.ts';
import { EMPTY_TALLY, type RunResult } from '../../core/run.ts';
import type { Stops } from '../../launch/stops.ts';
import type { ProgressSink } from '../../report/progress/progress-sink.ts';
import { countsText, summaryLines } from '../../report/summary.ts';
import { countText } from '../../report/text/figures.ts';
import { safeLine, safeText } from '../../report/text/safe-text.ts';
import { ScriptRefused } from '../../script/parse-script.ts';
import { RunStopped } from '../../workflow/run-workflow.ts';
import { completedBadly, type FailOn, isFailure } from '../fail-on.ts';
import { type Interruption, listenForInterruption } from '../interruption.ts';
import { canGoOn, nextStepOf } from '../next-step.ts';
import { exitOfLost, firstError } from '../print-lines.ts';
import { openProgress } from './open-progress.ts';
import type { RunDisplay } from './run-options.ts';
import { type RunOutput, runOutput } from './run-output.ts';

export class RunTerminal implements Disposable, Stops {
  readonly #options: RunDisplay;
  readonly #program: Program;
  readonly #output: RunOutput;
  readonly #interruption: Interruption;
  readonly #outputError: () => NodeJS.ErrnoException | undefined;
  #progress: ProgressSink | undefined;
  #hasStarted = false;

  constructor(options: RunDisplay, program: Program) {
    this.#options = options;
    this.#program = program;
    this.#output = runOutput(options.output, program.stdout);
    this.#interruption = listenForInterruption(program, (signal, isSecond) =>
      this.#progress?.note(`andwait: ${signal}: ${isSecond ? 'killing' : 'stopping'} the agents`),
    );
    this.#outputError = firstError(program.stdout);
    program.stdout.on('error', this.#interruption.outputLost);
  }

  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  /** Aborted when the user asks a second time. */
  get hurry(): AbortSignal {
    return this.#interruption.hurry;
  }

  /** Programs that read our JSON get an object for a refused run too; the words go where all errors go. Returns the exit code. */
  async refuse(refusal: unknown): Promise<number> {
    const signal = this.#interruption.received();
    // Stopped while it was still being prepared: nothing ran, and nothing has to be explained.
    if (refusal instanceof RunStopped && signal !== undefined) return signalExit(signal);
    const isRefusal = refusal instanceof ScriptRefused || refusal instanceof UserError;
    if (isRefusal && !this.#hasStarted) await this.#output.end(refusedResult(refusal));
    throw refusal;
  }

  async open(): Promise<void> {
    if (!this.#options.quiet) this.#progress = await openProgress(this.#program);
  }

  readonly event = (event: RunEvent): void => {
    this.#hasStarted = true;
    this.#output.event(event);
    this.#progress?.event(event);
  };

  /** Tells how the run ended and returns the exit code. `failOn`: `undefined` where it fails when every call did. */
  async end(result: RunResult, failOn: FailOn | undefined): Promise<number> {
    this.#progress?.event(result);
    this.#progress?.end();
    const code = this.#exitCode(result, failOn);
    this.#program.stderr.write(this.#lastWords(result, code));
    await this.#output.end(result);
    // A result that did not reach its reader is no success, however well the run went.
    const lost = this.#outputError();
    return lost ? exitOfLost(lost) : code;
  }

  #lastWords(result: RunResult, code: number): string {
    if (this.#progress === undefined) return errorText(result, code);
    const { findings } = this.#progress.view;
    return `${summaryLines({ result, findings, nextStep: nextStep(result) }).join('\n')}\n`;
  }

  #exitCode(result: RunResult, failOn: FailOn | undefined): number {
    if (result.status !== 'completed' || failOn === undefined) {
      return exitCodeOf(result, this.#interruption.received());
    }
    return isFailure(failOn, result.calls) ? EXIT.callsFailed : EXIT.done;
  }

  [Symbol.dispose](): void {
    this.#progress?.end();
    this.#interruption[Symbol.dispose]();
  }
}

function refusedResult(refusal: Error): RunResult {
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

function nextStep(result: RunResult): string | undefined {
  return result.runId === null ? undefined : nextStepOf({ kind: 'workflow', runId: result.runId }, result);
}

/** Quiet is for what went well: a failure is told all the same, in one line and the stack; what can go on, with its command. */
function errorText(result: RunResult, code: number): string {
  const { status, name, runId, error, pause, calls } = result;
  if (status === 'completed') return code === EXIT.done ? '' : completedBadly(result, countsText(calls));
  const told =
    error === null ? (pause?.message ?? capWords(calls)) : (error.stack ?? `${error.name}: ${error.message}`);
  const next = canGoOn(result) ? `\nandwait: ${nextStep(result)}` : '';
  return `andwait: ${safeLine(name ?? '')} ${status} (run ${runId}): ${safeText(told)}${next}\n`;
}

function capWords({ refused }: RunResult['calls']): string {
  return `its caps refused ${countText(refused, 'call')}`;
}
