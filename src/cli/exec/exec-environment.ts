/** What a recipe is started with: our environment, our `claude` first on PATH, and the run that its calls belong to. */
import type { Environment } from '../../core/program.ts';
import {
  ANDWAIT_CALL,
  ANDWAIT_CALL_KEY,
  ANDWAIT_CALL_OCCURRENCE,
  ANDWAIT_EXEC,
  ANDWAIT_NODE,
  ANDWAIT_RUN_CWD,
  ANDWAIT_RUN_DIR,
  ANDWAIT_RUN_ID,
  ANDWAIT_RUNS_ABOVE,
} from '../../wire/run-environment.ts';
import { searchPathWithShims } from '../shellenv/shims-folder.ts';

export interface RecipeRun {
  readonly runId: string;
  readonly dir: string;
  readonly cwd: string;
  readonly shims: string;
  readonly nodePath: string;
}

/** Of the agent that we may run below ourselves. Its lease stays: it lends its slot to what the recipe calls. */
const OF_ANOTHER_CALL: readonly string[] = [ANDWAIT_CALL, ANDWAIT_CALL_KEY, ANDWAIT_CALL_OCCURRENCE];

export function recipeEnvironment(env: Environment, run: RecipeRun): Environment {
  const kept = Object.entries(env).filter(([name]) => !OF_ANOTHER_CALL.includes(name));
  const above = [env[ANDWAIT_RUNS_ABOVE], env[ANDWAIT_RUN_ID]].filter(Boolean).join(':');
  return {
    ...Object.fromEntries(kept),
    ['PATH']: searchPathWithShims(run.shims, env['PATH']),
    [ANDWAIT_RUN_ID]: run.runId,
    [ANDWAIT_RUN_DIR]: run.dir,
    [ANDWAIT_RUN_CWD]: run.cwd,
    [ANDWAIT_EXEC]: '1',
    [ANDWAIT_NODE]: run.nodePath,
    ...(above === '' ? {} : { [ANDWAIT_RUNS_ABOVE]: above }),
  };
}

/** Whether a process with this environment was started below the run, however far below. */
export function isBelow(runId: string, env: ReadonlyMap<string, string>): boolean {
  if (env.get(ANDWAIT_RUN_ID) === runId) return true;
  return (env.get(ANDWAIT_RUNS_ABOVE) ?? '').split(':').includes(runId);
}
