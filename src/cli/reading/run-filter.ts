/** Which runs `andwait list` shows. */
import { UserError } from '../../core/exit.ts';
import type { RunDescription } from '../../journal/run-folder.ts';
import type { RunRow } from '../../report/run-table.ts';
import { sinceOf } from '../command-line/option-values.ts';

export const RUN_STATES = [
  'running',
  'completed',
  'failed',
  'capped',
  'paused',
  'stopped',
  'refused',
  'unfinished',
  'standing',
] as const satisfies readonly RunRow['status'][];

export const RUN_KINDS = [
  'workflow',
  'exec',
  'map',
  'new',
  'worker',
  'standing',
] as const satisfies readonly RunDescription['kind'][];

export interface RunFilter {
  /** Every run passes. */
  readonly isOpen: boolean;
  admits(description: RunDescription): boolean;
  shows(row: RunRow): boolean;
}

export interface RunFilterOptions {
  readonly status: string | undefined;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly since: string | undefined;
  readonly failed: boolean;
}

/** Throws a `UserError` for words it does not know. */
export function runFilterOf(options: RunFilterOptions, now: number): RunFilter {
  const statuses = wordsOf('--status', options.status, RUN_STATES);
  const kinds = wordsOf('--kind', options.kind, RUN_KINDS);
  const since = options.since === undefined ? undefined : sinceOf('--since', options.since, now);
  const name = options.name?.toLowerCase();
  const { failed } = options;
  return {
    isOpen: !failed && [statuses, kinds, since, name].every((wish) => wish === undefined),
    admits: (run) =>
      (kinds === undefined || kinds.includes(run.kind)) &&
      (since === undefined || run.startedAt >= since) &&
      (name === undefined || run.name.toLowerCase().includes(name)),
    shows: (row) => (statuses === undefined || statuses.includes(row.status)) && (!failed || wentBadly(row)),
  };
}

const WELL: readonly RunRow['status'][] = ['running', 'completed', 'standing'];

function wentBadly({ status, calls }: RunRow): boolean {
  return calls.failed > 0 || !WELL.includes(status);
}

function wordsOf<Word extends string>(
  option: string,
  text: string | undefined,
  known: readonly Word[],
): readonly Word[] | undefined {
  return text?.split(',').map((written) => {
    const word = known.find((each) => each === written.trim());
    if (word !== undefined) return word;
    throw new UserError(`${option} ${JSON.stringify(text)}: expected some of ${known.join(', ')}`);
  });
}
