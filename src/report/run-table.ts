/** The tables of `andwait list` and `andwait logs RUN`. Whoever reads the run folders fills the rows; nothing here knows of files. */
import type { FailureReason, Usage } from '../core/outcome.ts';
import type { AttemptEnd, RunStatus } from '../core/run.ts';
import { usageText } from './call-words.ts';
import { agoText } from './text/ago.ts';
import { alignedLines, type Column } from './text/columns.ts';
import { dollarsText, durationText, wholeText } from './text/figures.ts';

export interface RunRow {
  readonly runId: string;
  readonly name: string;
  /** `unfinished`: no process works on it and it has not ended; a crash leaves that. */
  readonly status: RunStatus | 'running' | 'unfinished' | 'standing';
  readonly startedAt: number;
  /** More than one where the run was resumed. */
  readonly attempts: readonly AttemptEnd[];
  readonly calls: { readonly settled: number; readonly failed: number };
  readonly costUsd: number | null;
}

export interface CallRow {
  readonly id: number;
  readonly label: string;
  readonly phase: string | undefined;
  readonly workflow: string | undefined;
  readonly end: 'reply' | FailureReason | 'running' | 'unfinished';
  /** That ran it, where it was another one than the run's. */
  readonly host: string | undefined;
  readonly durationMs: number | undefined;
  readonly usage: Usage;
  /** `null` where the agent named no price; `undefined` while there is nothing to price. */
  readonly costUsd: number | null | undefined;
}

/** `maxColumns` is infinite where the output is no terminal. */
export function runTable(rows: readonly RunRow[], now: number, maxColumns: number): string[] {
  const columns: Column<RunRow>[] = [
    { title: 'RUN', cell: ({ runId }) => runId },
    { title: 'NAME', cell: ({ name }) => name, flexible: true },
    { title: 'STATUS', cell: statusText },
    { title: 'STARTED', cell: ({ startedAt }) => agoText(startedAt, now) },
    { title: 'CALLS', cell: ({ calls }) => callsText(calls), align: 'right' },
    { title: 'COST', cell: ({ costUsd }) => dollarsText(costUsd), align: 'right' },
  ];
  return alignedLines(columns, rows, maxColumns);
}

export function callTable(rows: readonly CallRow[], maxColumns: number): string[] {
  const isElsewhere = rows.some(({ host }) => host !== undefined);
  return alignedLines(
    CALL_COLUMNS.filter((column) => isElsewhere || column !== HOST_COLUMN),
    rows,
    maxColumns,
  );
}

const HOST_COLUMN: Column<CallRow> = { title: 'HOST', cell: ({ host }) => host ?? '' };

const CALL_COLUMNS: readonly Column<CallRow>[] = [
  { title: 'CALL', cell: ({ id }) => String(id), align: 'right' },
  { title: 'LABEL', cell: ({ label }) => label, flexible: true },
  { title: 'PHASE', cell: phaseText },
  { title: 'END', cell: ({ end }) => end },
  HOST_COLUMN,
  {
    title: 'TIME',
    cell: ({ durationMs }) => (durationMs === undefined ? '' : durationText(durationMs)),
    align: 'right',
  },
  { title: 'TOKENS', cell: ({ usage }) => usageText(usage), align: 'right' },
  {
    title: 'COST',
    cell: ({ costUsd }) => (costUsd === undefined ? '' : dollarsText(costUsd)),
    align: 'right',
  },
];

/** `completed, attempt 3`. */
function statusText({ status, attempts }: RunRow): string {
  return attempts.length > 1 ? `${status}, attempt ${attempts.length}` : status;
}

function phaseText({ phase, workflow }: CallRow): string {
  if (workflow === undefined) return phase ?? '';
  return phase === undefined ? `▸ ${workflow}` : `▸ ${workflow} · ${phase}`;
}

function callsText({ settled, failed }: RunRow['calls']): string {
  return failed === 0 ? wholeText(settled) : `${wholeText(settled)} (${wholeText(failed)} failed)`;
}
