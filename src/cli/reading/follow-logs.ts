/** `andwait logs -f`: what a run's script says and how its calls end, or one agent's words, as they come and until they end. */
import type { Writable } from 'node:stream';
import { EXIT, signalExit, UserError } from '../../core/exit.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { Program } from '../../core/program.ts';
import { type FollowDeps, followRun } from '../../journal/follow/follow-run.ts';
import { plainProgress } from '../../report/progress/plain-progress.ts';
import { labelled } from '../../report/text/labelled-lines.ts';
import { safeLines } from '../../report/text/safe-text.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import { Leaving } from '../leaving.ts';
import { exitOfLost, firstError, flushed, room } from '../print-lines.ts';
import { ScopedClock } from '../scoped-clock.ts';
import { runFeed } from '../watch/run-feed.ts';
import { CallLog } from './call-log.ts';
import type { ChosenRun } from './chosen-run.ts';

export interface FollowedLogs {
  /** `undefined`: the run's own. */
  readonly call: number | undefined;
  readonly asJson: boolean;
}

/** Ends with the run or the call, with 0 whichever way that ended. Returns the exit code. */
export async function followLogs(
  chosen: ChosenRun,
  { call, asJson }: FollowedLogs,
  program: Program,
): Promise<number> {
  const { stdout } = program;
  using clock = new ScopedClock(program.clock);
  using leaving = new Leaving(program);
  const lost = firstError(stdout);
  stdout.on('error', leaving.quit);
  const deps = { out: stdout, clock, kill: program.kill, signal: leaving.signal };
  if (call !== undefined) await followCall(chosen, call, asJson, deps);
  else if (asJson) await followRecords(chosen, deps);
  else await followEvents(chosen, deps);
  await flushed(stdout);
  const error = lost();
  if (error !== undefined) return exitOfLost(error);
  return leaving.received === undefined ? EXIT.done : signalExit(leaving.received);
}

interface LogDeps extends FollowDeps {
  readonly out: Writable;
  readonly signal: AbortSignal;
}

async function followEvents(
  { folder, description }: ChosenRun,
  { out, signal, ...deps }: LogDeps,
): Promise<void> {
  // A log that is piped on says nothing while nothing happens.
  const progress = plainProgress({ out, clock: deps.clock, silenceMs: null });
  for await (const { events, end } of runFeed(folder, description, deps, signal)) {
    for (const event of events) progress.event(event);
    if (end === undefined) continue;
    progress.note(
      labelled('end', [end.kind === 'ended' ? end.result.status : 'nobody works on it'])[0] ?? '',
    );
  }
  progress.end();
}

async function followRecords({ folder }: ChosenRun, { out, signal, ...deps }: LogDeps): Promise<void> {
  for await (const { records } of followRun(folder, deps, signal)) {
    await write(
      out,
      records.map((record) => JSON.stringify(record)),
    );
  }
}

async function followCall(
  { folder, description }: ChosenRun,
  call: number,
  asJson: boolean,
  { out, signal, ...deps }: LogDeps,
): Promise<void> {
  const log = new CallLog(folder, call, { asJson });
  const life = new CallLife(call);
  for await (const { records, end } of followRun(folder, deps, signal)) {
    life.add(records);
    const isOver = life.isOver || end !== undefined;
    await write(out, isOver ? log.rest() : log.read());
    if (!isOver) continue;
    if (!life.isKnown) throw new UserError(`run ${description.runId} made no call ${call}`);
    if (!asJson) await write(out, life.lastWords());
    return;
  }
}

/** What the journal says of one call. */
class CallLife {
  readonly #call: number;
  #hasStarted = false;
  #isLeft = false;
  #outcome: Outcome | undefined;

  constructor(call: number) {
    this.#call = call;
  }

  add(records: readonly JournalRecord[]): void {
    for (const record of records) {
      // What an attempt that was cut off left open is never settled: the next one gives it another number.
      if (record.type === 'attempt') this.#isLeft = this.#hasStarted && this.#outcome === undefined;
      if (!('call' in record) || record.call !== this.#call) continue;
      if (record.type === 'started') this.#hasStarted = true;
      if (record.type === 'outcome') this.#outcome = record.outcome;
    }
  }

  get isKnown(): boolean {
    return this.#hasStarted;
  }

  get isOver(): boolean {
    return this.#outcome !== undefined || this.#isLeft;
  }

  lastWords(): string[] {
    if (this.#outcome === undefined) return [`call ${this.#call} was cut off before it had an outcome`];
    return failureLines(this.#call, this.#outcome);
  }
}

/** Nothing for a reply, which its transcript ends with. */
export function failureLines(call: number, outcome: Outcome): string[] {
  if (outcome.kind === 'reply') return [];
  const { reason, message, text } = outcome;
  const words = safeLines(`call ${call} failed (${reason}): ${message}`);
  // The transcript tells it in many pieces: the answer that could not be used.
  const isKept = reason === 'schema-never-met' && text !== undefined;
  return isKept ? [...words, ...labelled('kept', safeLines(text))] : words;
}

async function write(out: Writable, lines: readonly string[]): Promise<void> {
  if (lines.length > 0 && !out.write(`${lines.join('\n')}\n`)) await room(out);
}
