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
  readonly description: RunDescription;
  readonly result: RunResult;
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
  // One that was resumed tells of its last attempt alone.
  const isWhole = ({ status, attempts }: RunResult) => status === 'completed' && attempts.length === 1;
  const runs = latestRuns((description) => isAlike(description, wanted), isWhole, state);
  const real = runs.filter(({ description }) => !description.options.rehearse);
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

/** The newest first. Results are read of those alone whose description is wanted. */
function latestRuns(
  isWanted: (description: RunDescription) => boolean,
  tells: (result: RunResult) => boolean,
  state: string,
): EarlierRun[] {
  const found: EarlierRun[] = [];
  const newest = runIds(state).filter((id) => !isStandingRun(id));
  for (const id of newest.slice(0, LOOKED_AT)) {
    const run = runIn(new RunFolder(state, id), isWanted);
    if (run !== undefined && tells(run.result)) found.push(run);
    if (found.length === READ) break;
  }
  return found;
}

/** One that is damaged is for others to complain of. */
function runIn(
  folder: RunFolder,
  isWanted: (description: RunDescription) => boolean,
): EarlierRun | undefined {
  try {
    const description = readDescription(folder);
    if (description === undefined || !isWanted(description)) return undefined;
    const result = readResult(folder);
    return result === undefined ? undefined : { description, result };
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
  const isReal = ({ options, kind }: RunDescription) => !options.rehearse && kind !== 'new';
  const isPaid = ({ costUsd, calls }: RunResult) => costUsd > 0 && calls.done > 0;
  const runs = latestRuns(isReal, isPaid, state);
  if (runs.length === 0) return 'nobody knows: no run here has told a price yet; --max-cost USD bounds it';
  const total = range(
    runs.map(({ result }) => (result.costUsd / result.calls.done) * agents),
    dollarsText,
  );
  return `about ${total}, going by what an agent took in ${countText(runs.length, 'earlier run')}, whatever that was for`;
}
