/** `andwait status [RUN]`: how things stand now, once: the pool and the latest runs, or one run. */
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { readDescription, runIds } from '../../journal/find-run.ts';
import { RunFolder } from '../../journal/run-folder.ts';
import { isRunLocked } from '../../journal/run-lock.ts';
import { readRun } from '../../journal/run-record.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { paintFor } from '../../report/progress/style.ts';
import type { RunRow } from '../../report/run-table.ts';
import { safeText } from '../../report/text/safe-text.ts';
import type { PoolStatus } from '../../wire/pool/pool-status.ts';
import { askPool } from '../pool/ask-pool.ts';
import { printLines } from '../print-lines.ts';
import { type ChosenRun, chosenRun } from '../reading/chosen-run.ts';
import { columnsOf, rowOf } from '../reading/list-command.ts';
import { isScreen, wantsColour } from '../run/open-progress.ts';
import { type RunNow, runNow } from './run-status.ts';
import type { StatusOptions } from './status-options.ts';
import { overviewLines, runStatusLines } from './status-words.ts';

/** Returns the exit code. */
export async function statusCommand(options: StatusOptions, program: Program): Promise<number> {
  const { run, last, json } = options;
  if (run === undefined && !last) return await showOverview(program, json);
  const chosen = chosenRun(options, program, 'status');
  const now = await runNow(chosen, await askPool(program), program);
  return await printLines(
    program,
    json ? [JSON.stringify(now.report)] : runStatusLines(now, surroundings(program)),
  );
}

function surroundings(program: Program) {
  const { stdout, env, clock } = program;
  const colour = isScreen(stdout, env) && wantsColour(env);
  return { now: clock.now(), columns: columnsOf(program), paint: paintFor(colour) };
}

/** The JSON of `andwait status`. */
interface Overview {
  readonly type: 'status';
  /** `null`: no broker runs. */
  readonly pool: PoolStatus | null;
  readonly live: readonly RunNow['report'][];
  readonly ended: readonly RunRow[];
}

async function showOverview(program: Program, asJson: boolean): Promise<number> {
  const state = stateDir(program);
  const pool = await askPool(program);
  const { live, others } = await sorted(state, pool);
  const runs = await Promise.all(live.map((chosen) => runNow(chosen, pool, program)));
  const ended = await rowsOf(others, program);
  if (asJson) {
    const overview: Overview = {
      type: 'status',
      pool: pool ?? null,
      live: runs.map(({ report }) => report),
      ended,
    };
    return await printLines(program, [JSON.stringify(overview)]);
  }
  return await printLines(program, overviewLines({ pool, runs, ended }, surroundings(program)));
}

/** So many of the newest runs are asked whether somebody works on them, which costs a process each. */
const ASKED = 30;
const ENDED_SHOWN = 5;

/** Those that somebody works on, and the newest of the others. What was resumed long after it began the pool knows. */
async function sorted(state: string, pool: PoolStatus | undefined) {
  const ids = runIds(state);
  const open = new Set(pool?.runs.map(({ runId }) => runId));
  const asked = ids.filter((id, at) => at < ASKED || open.has(id));
  const live: ChosenRun[] = [];
  const others: RunFolder[] = [];
  for (const id of asked) {
    const folder = new RunFolder(state, id);
    const description = (await isRunLocked(folder.dir)) ? readDescription(folder) : undefined;
    if (description !== undefined) live.push({ folder, description });
    else if (others.length < ENDED_SHOWN) others.push(folder);
  }
  return { live, others };
}

async function rowsOf(folders: readonly RunFolder[], { stderr }: Program): Promise<RunRow[]> {
  const rows: RunRow[] = [];
  for (const folder of folders) {
    try {
      const run = await readRun(folder);
      if (run !== undefined) rows.push(rowOf(run));
    } catch (error) {
      // One damaged run must not hide the others.
      if (!(error instanceof UserError)) throw error;
      stderr.write(safeText(`andwait: ${error.message}\n`));
    }
  }
  return rows;
}
