/** What a recipe is started with: our environment, our `claude` first on PATH, and the run that its calls belong to. */
import type { Environment } from '../../core/program.ts';
import {
  ANDWAIT_CALL,
  ANDWAIT_CALL_KEY,
  ANDWAIT_CALL_OCCURRENCE,
  ANDWAIT_EXEC,
  ANDWAIT_IDLE_SECONDS,
  ANDWAIT_NODE,
  ANDWAIT_RUN_CWD,
  ANDWAIT_RUN_DIR,
  ANDWAIT_RUN_ID,
  ANDWAIT_RUNS_ABOVE,
  ANDWAIT_TIMEOUT_SECONDS,
} from '../../wire/environment/run-environment.ts';
import { searchPathWithShims } from '../shellenv/shims-folder.ts';

export interface RecipeRun {
  readonly runId: string;
  readonly dir: string;
  readonly cwd: string;
  readonly shims: string;
  readonly nodePath: string;
  /** Of each call; `null`: none. */
  readonly timeoutMs: number | null;
  readonly idleMs: number | null;
}

/** Of the agent that we may run below ourselves. Its lease stays: it lends its slot to what the recipe calls. */
const OF_ANOTHER_CALL: readonly string[] = [ANDWAIT_CALL, ANDWAIT_CALL_KEY, ANDWAIT_CALL_OCCURRENCE];
/** Of the exec that we may run below. */
const OF_ANOTHER_RUN: readonly string[] = [ANDWAIT_TIMEOUT_SECONDS, ANDWAIT_IDLE_SECONDS];

export function recipeEnvironment(env: Environment, run: RecipeRun): Environment {
  const left = [...OF_ANOTHER_CALL, ...OF_ANOTHER_RUN];
  const kept = Object.entries(env).filter(([name]) => !left.includes(name));
  const above = [env[ANDWAIT_RUNS_ABOVE], env[ANDWAIT_RUN_ID]].filter(Boolean).join(':');
  return {
    ...Object.fromEntries(kept),
    ['PATH']: searchPathWithShims(run.shims, env['PATH']),
    [ANDWAIT_RUN_ID]: run.runId,
    [ANDWAIT_RUN_DIR]: run.dir,
    [ANDWAIT_RUN_CWD]: run.cwd,
    [ANDWAIT_EXEC]: '1',
    [ANDWAIT_NODE]: run.nodePath,
    ...seconds(ANDWAIT_TIMEOUT_SECONDS, run.timeoutMs),
    ...seconds(ANDWAIT_IDLE_SECONDS, run.idleMs),
    ...(above === '' ? {} : { [ANDWAIT_RUNS_ABOVE]: above }),
  };
}

function seconds(name: string, ms: number | null): Environment {
  return ms === null ? {} : { [name]: String(ms / 1000) };
}

/** Whether a process with this environment was started below the run, however far below. */
export function isBelow(runId: string, env: ReadonlyMap<string, string>): boolean {
  if (env.get(ANDWAIT_RUN_ID) === runId) return true;
  return (env.get(ANDWAIT_RUNS_ABOVE) ?? '').split(':').includes(runId);
}
