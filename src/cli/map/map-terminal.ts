/** What the user of `andwait map` sees and does: stdout, progress and summary on stderr, signals. */
import { fstatSync } from 'node:fs';
import { EXIT, signalExit } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import type { RunResult } from '../../core/run.ts';
import type { Stops } from '../../launch/stops.ts';
import { summaryLines } from '../../report/summary.ts';
import { countText, wholeText } from '../../report/text/figures.ts';
import { labelled } from '../../report/text/labelled-lines.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import type { ItemCounts } from '../../workflow/map/item-counts.ts';
import type { MapOutcome } from '../../workflow/map/launch-map.ts';
import { completedBadly } from '../fail-on.ts';
import { type Interruption, listenForInterruption } from '../interruption.ts';
import { canGoOn, raisedCaps } from '../next-step.ts';
import { exitOfLost, firstError, flushed } from '../print-lines.ts';
import { isScreen } from '../run/open-progress.ts';
import { goOn } from './go-on.ts';
import { haveItemsFailed } from './items-failed.ts';
import type { MapCommandLine } from './map-options.ts';
import { MapProgress } from './map-progress.ts';

export class MapTerminal implements Disposable, Stops {
  readonly progress: MapProgress;
  readonly #line: MapCommandLine;
  readonly #program: Program;
  readonly #interruption: Interruption;
  #hasBegun = false;
  readonly #outputError: () => NodeJS.ErrnoException | undefined;

  constructor(line: MapCommandLine, program: Program) {
    const { stdout, stderr, env, clock } = program;
    this.#line = line;
    this.#program = program;
    const hasScreen = isScreen(stderr, env) && !line.quiet;
    const { bar, eta } = line;
    // Where stdout is the same screen, the answers come there: a line below them is for who asks for it.
    const wantsLine = hasScreen && (bar || stdout.isTTY !== true);
    this.progress = new MapProgress({
      out: stderr,
      clock,
      quiet: line.quiet,
      bar: wantsLine ? { bar, eta } : undefined,
      inputBytes: wantsLine ? sizeOfInput(program) : undefined,
    });
    this.#interruption = listenForInterruption(program, (signal, isSecond) => {
      if (this.#hasBegun)
        this.progress.note(`andwait: ${signal}: ${isSecond ? 'killing' : 'stopping'} the agents`);
    });
    this.#outputError = firstError(stdout);
    stdout.on('error', this.#interruption.outputLost);
  }

  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  get hurry(): AbortSignal {
    return this.#interruption.hurry;
  }

  /** From here on there may be agents. */
  begin(): void {
    this.#hasBegun = true;
  }

  get isOutputLost(): boolean {
    return this.#outputError() !== undefined;
  }

  /** The exit code of a map that had nothing to do, or was stopped before it had. */
  async nothing(): Promise<number> {
    const signal = this.#interruption.received();
    if (signal !== undefined) return signalExit(signal);
    this.progress.note('andwait: no items');
    return EXIT.done;
  }

  /** Tells how the map ended and returns the exit code. `failOn`: as it was typed or recorded. */
  async end(outcome: MapOutcome, failOn: string | undefined): Promise<number> {
    this.progress.end();
    const { result, end } = outcome;
    const { stdout, stderr } = this.#program;
    const code = this.#exitCode(outcome, failOn);
    if (this.#line.quiet) stderr.write(this.#quietWords(outcome, code));
    else stderr.write(`${this.#summary(result, end.counts).join('\n')}\n`);
    await flushed(stdout);
    const lost = this.#outputError();
    return lost ? exitOfLost(lost) : code;
  }

  #quietWords({ result, end }: MapOutcome, code: number): string {
    if (result.status !== 'completed') return quietWords(result, this.#next(result, end.counts));
    return code === EXIT.callsFailed ? completedBadly(result, itemsText(end.counts)) : '';
  }

  #summary(result: RunResult, counts: ItemCounts): string[] {
    const { findings } = this.progress;
    const next = this.#next(result, counts);
    const [head = '', ...rest] = summaryLines({ result, findings, nextStep: next });
    return [head, ...labelled('items', [itemsText(counts)]).map((line) => `  ${line}`), ...rest];
  }

  #next(result: RunResult, counts: ItemCounts): string | undefined {
    if (isAllDone(result, counts)) return undefined;
    return goOn(this.#line, result.runId ?? '', this.#program.argv, raisedCaps(result.calls));
  }

  #exitCode({ result, end }: MapOutcome, failOn: string | undefined): number {
    const signal = this.#interruption.received();
    if (signal !== undefined) return signalExit(signal);
    if (result.status === 'stopped') return signalExit('SIGTERM');
    if (result.status === 'capped' || result.status === 'paused') return EXIT.capped;
    const { halt } = this.#line;
    // It was to run until so many went well, and they did.
    if (end.why === 'halted' && halt?.what === 'success') return EXIT.done;
    return haveItemsFailed(result, end.counts, failOn) ? EXIT.callsFailed : EXIT.done;
  }

  [Symbol.dispose](): void {
    this.progress.end();
    this.#interruption[Symbol.dispose]();
  }
}

/** `undefined`: a pipe, whose end nobody knows. */
function sizeOfInput({ stdin }: Program): number | undefined {
  if (!('fd' in stdin) || typeof stdin.fd !== 'number') return undefined;
  try {
    const found = fstatSync(stdin.fd);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}

function itemsText({ read, replied, failed, skipped, replayed, stopped, unrun }: ItemCounts): string {
  return [
    `${countText(read, 'item')}: ${wholeText(replied)} replied`,
    ...(replayed > 0 ? [`${wholeText(replayed)} of them before`] : []),
    ...(failed > 0 ? [`${wholeText(failed)} failed`] : []),
    ...(skipped > 0 ? [`${wholeText(skipped)} skipped`] : []),
    ...(stopped > 0 ? [`${wholeText(stopped)} stopped`] : []),
    ...(unrun > 0 ? [`${wholeText(unrun)} not run`] : []),
  ].join(', ');
}

function isAllDone({ runId, status }: RunResult, { failed }: ItemCounts): boolean {
  return runId === null || (status === 'completed' && failed === 0);
}

function quietWords(result: RunResult, next: string | undefined): string {
  const { status, name, runId, error, pause } = result;
  const told = error?.message ?? pause?.message;
  const what = told === undefined ? '' : `: ${safeLine(told)}`;
  const goesOn = next !== undefined && canGoOn(result) ? `\nandwait: ${next}` : '';
  return `andwait: ${safeLine(name ?? '')} ${status} (run ${runId})${what}${goesOn}\n`;
}
