/** What `andwait status` says to a person: the tree as it stands, how calls ended, and what to do next. */

import { heldText, usageText } from '../../report/call-words.ts';
import { slotLines } from '../../report/pool-words.ts';
import { treeFrame } from '../../report/progress/live-tree.ts';
import type { Paint } from '../../report/progress/style.ts';
import { type RunRow, runTable } from '../../report/run-table.ts';
import { findingLines, summaryLines } from '../../report/summary.ts';
import { alignedLines, type Column } from '../../report/text/columns.ts';
import { countText, dollarsText, elapsedText, wholeText } from '../../report/text/figures.ts';
import { labelled } from '../../report/text/labelled-lines.ts';
import { safeLine, shortLine } from '../../report/text/safe-text.ts';
import type { PoolStatus } from '../../wire/pool/pool-status.ts';
import type { RunNow, RunStatusReport } from './run-status.ts';

export interface WordSurroundings {
  readonly now: number;
  /** Infinite where the output is no terminal. */
  readonly columns: number;
  readonly paint: Paint;
}

/** A run of a thousand calls is told by its groups, and by the calls that run or failed. */
const TREE_ROWS = 40;
const TREE_COLUMNS = 160;

export function runStatusLines(
  { report, view, result, nextStep }: RunNow,
  around: WordSurroundings,
): string[] {
  const columns = Math.min(around.columns, TREE_COLUMNS);
  const tree = treeFrame({ ...around, columns, view }, TREE_ROWS);
  const attempts = attemptsText(report);
  const more = [...entry('ends', endsText(report)), ...entry('attempts', attempts), ...hostLines(report)];
  if (result !== undefined) {
    const [head = '', ...rest] = summaryLines({ result, findings: view.findings, nextStep });
    return [...tree, head, ...more, ...rest];
  }
  return [
    ...tree,
    stateText(report, around.now),
    ...logLines(view.lastLog, around.now),
    ...more,
    ...findingLines(view.findings),
    ...entry('run', report.runId),
    ...(nextStep === undefined ? [] : [nextStep]),
  ];
}

/** `running for 3m 05s`, `held by a person: nothing new starts`, `cut off: …`. */
function stateText({ state, name, held, startedAt, attempts }: RunStatusReport, now: number): string {
  const title = safeLine(name);
  const since = attempts.at(-1)?.startedAt ?? startedAt;
  if (held !== null) return `${title} is held ${heldText(held)}, for ${elapsedText(now - held.since)}`;
  switch (state) {
    case 'running':
      return `${title} runs for ${elapsedText(now - since)}`;
    case 'standing':
      return `${title}: nobody works on it now`;
    default:
      return `${title} was cut off: nobody works on it, and it told no end`;
  }
}

function logLines(said: RunNow['view']['lastLog'], now: number): string[] {
  return said === undefined ? [] : entry('log', `${safeLine(said.text)} (${elapsedText(now - said.at)} ago)`);
}

function endsText({ ends }: RunStatusReport): string {
  return Object.entries(ends)
    .sort(([, a], [, b]) => b - a)
    .map(([end, count]) => `${wholeText(count)} ${end}`)
    .join(', ');
}

/** `build-1: 3 running, 12 ended`; nothing where no queue carries its agents out. */
function hostLines({ queue, hosts, running, state }: RunStatusReport): string[] {
  if (queue === null && hosts.length === 0) return [];
  const told = hosts.map(
    ({ host, running, ended }) =>
      `${shortLine(host, 60)}: ${wholeText(running)} running, ${wholeText(ended)} ended`,
  );
  // Where those of a run that was cut off are, nobody here knows.
  const unplaced = state === 'running' ? running.filter(({ host }) => host === null).length : 0;
  if (unplaced > 0) told.push(`${countText(unplaced, 'call')} on no host so far`);
  return told.length === 0 ? [] : labelled('hosts', told).map((line) => `  ${line}`);
}

/** Nothing for the first and only one. */
function attemptsText({ attempts, state }: RunStatusReport): string {
  if (attempts.length < 2) return '';
  return attempts
    .map(({ attempt, status }, at) => {
      const isLast = at === attempts.length - 1;
      return `${attempt} ${status ?? (isLast && state === 'running' ? 'running' : 'cut off')}`;
    })
    .join(', ');
}

function entry(name: string, text: string): string[] {
  return text === '' ? [] : labelled(name, [text]).map((line) => `  ${line}`);
}

export interface OverviewParts {
  readonly pool: PoolStatus | undefined;
  readonly runs: readonly RunNow[];
  readonly ended: readonly RunRow[];
}

export function overviewLines({ pool, runs, ended }: OverviewParts, around: WordSurroundings): string[] {
  const live = alignedLines(
    liveColumns(around.now),
    runs.map(({ report }) => report),
    around.columns,
  );
  const table = runTable(ended, around.now, around.columns);
  return [
    ...(pool === undefined ? ['no broker runs; the next call starts one'] : slotLines(pool, around.now)),
    '',
    ...(live.length === 0 ? ['no run is at work'] : live),
    ...runs.flatMap(({ report }) => heldLines(report)),
    ...(table.length === 0 ? [] : ['', ...table]),
  ];
}

function heldLines({ runId, held }: RunStatusReport): string[] {
  return held === null ? [] : [`${safeLine(runId)} is held ${heldText(held)}`];
}

function liveColumns(now: number): Column<RunStatusReport>[] {
  const count = (title: string, of: (report: RunStatusReport) => number | null): Column<RunStatusReport> => ({
    title,
    cell: (report) => countCell(of(report)),
    align: 'right',
  });
  return [
    { title: 'RUN', cell: ({ runId }) => runId },
    { title: 'NAME', cell: ({ name }) => name, flexible: true },
    count('RUNNING', ({ calls }) => calls.running),
    count('WAITING', ({ calls }) => calls.waiting),
    count('ENDED', ({ calls }) => calls.done + calls.failed + calls.replayed + calls.stopped),
    count('FAILED', ({ calls }) => calls.failed),
    { title: 'TOKENS', cell: ({ usage }) => usageText(usage), align: 'right' },
    { title: 'COST', cell: ({ costUsd }) => dollarsText(costUsd), align: 'right' },
    {
      title: 'FOR',
      cell: ({ attempts, startedAt }) => elapsedText(now - (attempts.at(-1)?.startedAt ?? startedAt)),
      align: 'right',
    },
  ];
}

function countCell(count: number | null): string {
  return count === null ? '?' : wholeText(count);
}
