/** `andwait watch [RUN]`: a run's progress as the run itself shows it, from any shell, with keys to take hold of it. */
import { EXIT, signalExit } from '../../core/exit.ts';
import type { Clock } from '../../core/ports.ts';
import type { Program } from '../../core/program.ts';
import type { FollowedEnd } from '../../journal/follow/follow-run.ts';
import { readRun } from '../../journal/run-record.ts';
import { summaryLines } from '../../report/summary.ts';
import { safeText } from '../../report/text/safe-text.ts';
import { Leaving } from '../leaving.ts';
import { nextStepOf } from '../next-step.ts';
import { askPool } from '../pool/ask-pool.ts';
import { exitOfLost, firstError, flushed } from '../print-lines.ts';
import { type ChosenRun, chosenRun, runToWatch } from '../reading/chosen-run.ts';
import { ScopedClock } from '../scoped-clock.ts';
import { steerRun } from '../steer/steer-run.ts';
import { recordedExit } from './recorded-exit.ts';
import { runFeed } from './run-feed.ts';
import { WaitingCalls } from './waiting-calls.ts';
import { openWatch, type WatchDisplay } from './watch-display.ts';
import type { WatchOptions } from './watch-options.ts';

/** Returns the exit code. */
export async function watchCommand(options: WatchOptions, program: Program): Promise<number> {
  const { run, last } = options;
  const isOpen = run === undefined && !last;
  const chosen = isOpen ? await runToWatch(program) : chosenRun(options, program, 'watch');
  using clock = new ScopedClock(program.clock);
  using leaving = new Leaving(program);
  const lost = firstError(program.stdout);
  program.stdout.on('error', leaving.quit);
  using display = openWatch(chosen.folder, {
    program,
    clock,
    steer: (order) => steerRun(chosen, order, program),
    leave: leaving.by,
    fail: leaving.fail,
  });
  const end = await shown(chosen, display, { program, clock, leaving });
  display.end();
  leaving.throwIfFailed();
  if (end !== undefined) program.stdout.write(safeText(`${lastWords(chosen, display, end).join('\n')}\n`));
  await flushed(program.stdout);
  const error = lost();
  if (error !== undefined) return exitOfLost(error);
  if (leaving.received !== undefined) return signalExit(leaving.received);
  return options['exit-code'] && end !== undefined ? await exitOf(chosen, end) : EXIT.done;
}

/** One that was cut off has not come to its end: there is something to go on with. */
async function exitOf({ folder, description }: ChosenRun, end: FollowedEnd): Promise<number> {
  const { kind } = description;
  if (end.kind === 'left') return kind === 'standing' ? EXIT.done : EXIT.capped;
  const run = await readRun(folder);
  const { options } = run?.attempts.at(-1) ?? description;
  return recordedExit(kind, end.result, options.failOn);
}

interface ShowDeps {
  readonly program: Program;
  readonly clock: Clock;
  readonly leaving: Leaving;
}

/** Calls that wait are asked for so often: nobody starts in between unseen. */
const ASK_POOL_MS = 2000;

/** `undefined`: nobody watches any more. */
async function shown(
  { folder, description }: ChosenRun,
  display: WatchDisplay,
  { program, clock, leaving }: ShowDeps,
): Promise<FollowedEnd | undefined> {
  const waiting = new WaitingCalls(description.runId);
  const { signal } = leaving;
  let askAt = clock.monotonicMs();
  const askForWaiting = async (): Promise<void> => {
    const status = await askPool(program);
    if (status === undefined || signal.aborted) return;
    display.show(waiting.events(status, display.view, program.clock.now()));
  };
  for await (const { events, end } of runFeed(folder, description, { clock, kill: program.kill }, signal)) {
    display.show(events);
    if (end !== undefined) return end;
    if (clock.monotonicMs() < askAt) continue;
    askAt = clock.monotonicMs() + ASK_POOL_MS;
    askForWaiting().catch(leaving.fail);
  }
  return undefined;
}

function lastWords({ description }: ChosenRun, { view }: WatchDisplay, end: FollowedEnd): string[] {
  const { kind, runId } = description;
  const result = end.kind === 'ended' ? end.result : undefined;
  const nextStep = nextStepOf(description, result);
  if (result !== undefined) return summaryLines({ result, findings: view.findings, nextStep });
  if (kind === 'standing') return [`nobody works on ${runId}, which gathers the day's calls`];
  const cutOff = `run ${runId} was cut off: nobody works on it, and it told no end`;
  return nextStep === undefined ? [cutOff] : [cutOff, nextStep];
}
