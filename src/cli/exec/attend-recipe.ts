/** Waits for a recipe. A signal to us is for it as well; and once we were told to stop, nothing that it started is left. */
import type { Program, ProgramSignal } from '../../core/program.ts';
import { endProcessesWhose } from '../../wire/processes/end-processes.ts';
import { aborted, elapsedOr } from '../../wire/waiting.ts';
import { isBelow } from './exec-environment.ts';
import { isInForeground, type RecipeEnd, type RecipeProcess } from './exec-process.ts';

/** How long a recipe that was asked to end may put itself in order, before everything below it is asked. */
const OWN_END_MS = 5000;

export interface RecipeStops {
  /** Called for each signal we get. */
  forward(signal: ProgramSignal): void;
}

export interface Attendance {
  readonly runId: string;
  readonly stops: RecipeStops;
  /** Aborted by a signal to us, or when the run was stopped in the pool. */
  readonly stop: AbortSignal;
  readonly hurry: AbortSignal;
  readonly program: Pick<Program, 'clock' | 'kill' | 'uid' | 'pid' | 'stdin'>;
  /** Ends what the run has in the pool. */
  readonly stopRun: () => Promise<void>;
}

export async function attendRecipe(recipe: RecipeProcess, attendance: Attendance): Promise<RecipeEnd> {
  const { stops, stop, program } = attendance;
  stops.forward = (signal) => {
    if (signal === 'SIGINT' && gaveTerminalItAlready(program)) return;
    recipe.signal(signal);
  };
  const stopped = aborted(stop).then(() => 'stopped' as const);
  const first = await Promise.race([recipe.ended, stopped]);
  if (first !== 'stopped' && !stop.aborted) return first;
  return await endAll(recipe, attendance);
}

async function endAll(
  recipe: RecipeProcess,
  { runId, hurry, program, stopRun }: Attendance,
): Promise<RecipeEnd> {
  // A pool that is gone ends nothing; what is below us is ended all the same.
  const poolStopped = stopRun().catch(() => {});
  // Both: the pool must know why its agents end before anybody ends them.
  await settledWithin(OWN_END_MS, Promise.all([recipe.ended, poolStopped]), program.clock, hurry);
  // Where /proc does not tell who is below us, the recipe at least is asked.
  recipe.signal('SIGTERM');
  const left = await endProcessesWhose((env) => isBelow(runId, env), program, hurry);
  if (left.length === 0 && hurry.aborted) recipe.signal('SIGKILL');
  await settledWithin(OWN_END_MS, Promise.all([recipe.ended, poolStopped]), program.clock, hurry);
  recipe.signal('SIGKILL');
  return await recipe.ended;
}

/** Waits for `work`, but no longer than `ms`, and not at all for who is in a hurry. A timer left behind would keep us alive. */
async function settledWithin(
  ms: number,
  work: Promise<unknown>,
  clock: Program['clock'],
  hurry: AbortSignal,
): Promise<void> {
  const settled = new AbortController();
  const over = AbortSignal.any([hurry, settled.signal]);
  await Promise.race([work, elapsedOr(clock, ms, over)]);
  settled.abort();
}

/** Ctrl-C goes to every process in the foreground of the terminal: to our group as a whole. */
function gaveTerminalItAlready(program: Attendance['program']): boolean {
  // Our stdin is the recipe's: it is not even touched where there is another way to know.
  return isInForeground(program.pid) ?? program.stdin.isTTY === true;
}
