/** Ends processes that are known by what they were started with: parents may be gone and groups left, the environment stays. */
import type { Program } from '../../core/program.ts';
import { elapsed, elapsedOr } from '../waiting.ts';
import { type MarkedProcess, processesWhose } from './marked-processes.ts';
import { isAlive } from './process-mark.ts';

/** From SIGTERM to SIGKILL. */
const KILL_MS = 5000;
/** After SIGKILL: what the kernel holds fast cannot be waited for. */
const GIVE_UP_MS = 2000;
const FIRST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 100;

export type ProcessEnder = Pick<Program, 'uid' | 'pid' | 'kill' | 'clock'>;

/** Resolves when none is left, with those that could not be ended. Once `hurry` is aborted: SIGKILL at once. */
export async function endProcessesWhose(
  isMeant: (env: ReadonlyMap<string, string>) => boolean,
  program: ProcessEnder,
  hurry: AbortSignal | undefined,
): Promise<readonly MarkedProcess[]> {
  const { clock } = program;
  const asked = new Map<string, MarkedProcess>();
  const began = clock.monotonicMs();
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 2, LONGEST_LOOK_MS)) {
    // Looked for anew each time: one that was being started may have been missed, and a number read now is right now.
    const found = processesWhose(isMeant, program);
    // One that is dying loses its environment before it has let go of its files, its memory and its number.
    const dying = [...asked.values()].filter((one) => isNoneOf(found, one) && isAlive(one, program.kill));
    const left = [...found, ...dying];
    const forMs = clock.monotonicMs() - began;
    if (left.length === 0 || forMs >= KILL_MS + GIVE_UP_MS) return left;
    const mustGo = hurry?.aborted === true || forMs >= KILL_MS;
    for (const one of left) {
      if (mustGo) send(one.pid, 'SIGKILL', program);
      else if (!asked.has(nameOf(one))) send(one.pid, 'SIGTERM', program);
      asked.set(nameOf(one), one);
    }
    await (hurry === undefined || hurry.aborted ? elapsed(clock, lookMs) : elapsedOr(clock, lookMs, hurry));
  }
}

function isNoneOf(found: readonly MarkedProcess[], one: MarkedProcess): boolean {
  return !found.some((other) => nameOf(other) === nameOf(one));
}

function nameOf({ pid, startTicks }: MarkedProcess): string {
  return `${pid} ${startTicks}`;
}

function send(pid: number, signal: NodeJS.Signals, { kill }: ProcessEnder): void {
  try {
    kill(pid, signal);
  } catch {
    // ESRCH: gone meanwhile. EPERM: it became another user's.
  }
}
