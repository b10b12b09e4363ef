/** What a run like this one took before, said before it begins: nobody should learn only afterwards that a script is dear. */
import { UserError } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import type { RunCaps, RunResult } from '../core/run.ts';
import { isStandingRun, readDescription, readResult, runIds } from '../journal/find-run.ts';
import { type RunDescription, RunFolder } from '../journal/run-folder.ts';
import { stateDir } from '../journal/state-dir.ts';
import { countText, dollarsText, durationText, wholeText } from '../report/text/figures.ts';

/** Enough to tell which earlier runs are of the same thing. */
export type Alike = Pick<RunDescription, 'kind' | 'name' | 'description' | 'scriptPath'>;

interface EarlierRun {
  readonly result: RunResult;
  readonly isRehearsal: boolean;
}

/** A start must not take longer for all that ever ran: so many descriptions are looked at, newest first, */
const LOOKED_AT = 25;
/** and so many results are read. */
const READ = 3;

/** On stderr, unless nobody wants to hear it. Of a rehearsal there is nothing to fear. */
export function tellEstimate(
  wanted: Alike & Pick<RunDescription, 'options'>,
  { quiet }: { readonly quiet: boolean },
  program: Program,
): void {
  const { caps, rehearse } = wanted.options;
  const line = quiet || rehearse ? undefined : estimateLine(wanted, caps, stateDir(program));
  if (line !== undefined) program.stderr.write(`${line}\n`);
}

/** `undefined` where nothing like it ran to its end. */
export function estimateLine(wanted: Alike, caps: RunCaps, state: string): string | undefined {
  const runs = earlierRuns(wanted, state);
  const real = runs.filter(({ isRehearsal }) => !isRehearsal);
  const told = (real.length > 0 ? real : runs).map(({ result }) => result);
  if (told.length === 0) return undefined;
  const source =
    real.length > 0 ? countText(told.length, 'earlier run') : countText(told.length, 'rehearsal');
  const words = wanted.kind === 'map' ? perItem(told, caps) : inAll(told, caps, real.length > 0);
  return words === undefined ? undefined : `andwait: about ${words}, going by ${source}`;
}

function inAll(runs: readonly RunResult[], { costUsd: cap = null }: RunCaps, isReal: boolean): string {
  const agents = range(
    runs.map(({ calls }) => calls.total),
    wholeText,
  );
  const words = `${agents} ${agents === '1' ? 'agent' : 'agents'}`;
  if (!isReal) return words;
  const costs = runs.map(({ costUsd }) => costUsd);
  const cost = Math.max(...costs) > 0 ? `, ${range(costs, dollarsText)}` : '';
  const over = cap !== null && Math.max(...costs) > cap ? ` (--max-cost ${cap} may end it before)` : '';
  return `${words}${cost}${over}, ${range(
    runs.map(({ durationMs }) => durationMs),
    durationText,
  )}`;
}

/** How many items there will be nobody knows. */
function perItem(runs: readonly RunResult[], { costUsd: cap = null }: RunCaps): string | undefined {
  const costs = runs.flatMap(({ costUsd, calls }) =>
    costUsd > 0 && calls.done > 0 ? costUsd / calls.done : [],
  );
  if (costs.length === 0) return undefined;
  const items = cap === null ? undefined : Math.floor(cap / Math.max(...costs));
  const lasts = items === undefined ? '' : ` (--max-cost ${cap} lasts for ${countText(items, 'item')})`;
  return `${range(costs, dollarsText)} an item${lasts}`;
}

function range(figures: readonly number[], words: (figure: number) => string): string {
  const [least, most] = [words(Math.min(...figures)), words(Math.max(...figures))];
  return least === most ? least : `${least}–${most}`;
}

function earlierRuns(wanted: Alike, state: string): EarlierRun[] {
  const found: EarlierRun[] = [];
  for (const id of newest(state)) {
    const run = runIn(new RunFolder(state, id), wanted);
    if (run !== undefined) found.push(run);
    if (found.length === READ) break;
  }
  return found;
}

function newest(state: string): string[] {
  return runIds(state)
    .filter((id) => !isStandingRun(id))
    .slice(0, LOOKED_AT);
}

/** One that was resumed tells of its last attempt alone, and one that is damaged is for others to complain of. */
function runIn(folder: RunFolder, wanted: Alike): EarlierRun | undefined {
  try {
    const description = readDescription(folder);
    if (description === undefined || !isAlike(description, wanted)) return undefined;
    const result = readResult(folder);
    if (result?.status !== 'completed' || result.attempts.length !== 1) return undefined;
    return { result, isRehearsal: description.options.rehearse };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function isAlike(a: Alike, b: Alike): boolean {
  return (
    a.kind === b.kind && a.name === b.name && a.description === b.description && a.scriptPath === b.scriptPath
  );
}

/** What so many agents may cost, going by what one took in the latest real runs, whatever they were for. */
export function costOfAgents(agents: number, state: string): string {
  const each: number[] = [];
  for (const id of newest(state)) {
    const run = paidRunIn(new RunFolder(state, id));
    if (run !== undefined) each.push(run.costUsd / run.calls.done);
    if (each.length === READ) break;
  }
  if (each.length === 0) return 'nobody knows: no run here has told a price yet; --max-cost USD bounds it';
  const total = range(
    each.map((costUsd) => costUsd * agents),
    dollarsText,
  );
  return `about ${total}, going by what an agent took in ${countText(each.length, 'earlier run')}, whatever that was for`;
}

function paidRunIn(folder: RunFolder): RunResult | undefined {
  try {
    const description = readDescription(folder);
    if (description === undefined || description.options.rehearse || description.kind === 'new')
      return undefined;
    const result = readResult(folder);
    return result !== undefined && result.costUsd > 0 && result.calls.done > 0 ? result : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
