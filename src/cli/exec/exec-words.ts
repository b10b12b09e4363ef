/** What a person is told when a recipe has ended. Nothing, as a rule, where nobody watches: a cron job that went well says nothing. */

import type { RunResult } from '../../core/run.ts';
import { summaryLines } from '../../report/summary.ts';
import { countText } from '../../report/text/figures.ts';
import { labelled } from '../../report/text/labelled-lines.ts';
import { safeText } from '../../report/text/safe-text.ts';
import { nextStepOf } from '../next-step.ts';
import type { CallsOfAttempt } from './exec-result.ts';

export interface ExecEnd {
  readonly result: RunResult;
  readonly calls: CallsOfAttempt;
  /** There was no `claude` on PATH for the shim to stand before. */
  readonly usedPrintMode: boolean;
}

export interface Audience {
  readonly quiet: boolean;
  readonly isTerminal: boolean;
}

/** Text for stderr, often empty. */
export function lastWords(end: ExecEnd, { quiet, isTerminal }: Audience): string {
  const { status, calls } = end.result;
  const isCutShort = status === 'paused' || status === 'stopped';
  const isWorthTelling = calls.failed > 0 || calls.refused > 0 || isCutShort;
  if (quiet || (!isTerminal && !isWorthTelling)) return '';
  return safeText(`${execSummary(end).join('\n')}\n`);
}

export function execSummary({ result, calls, usedPrintMode }: ExecEnd): string[] {
  const { findings, open } = calls;
  return [
    ...summaryLines({ result, findings, nextStep: undefined }),
    ...entry('left', open, (count) => `${count} in the background, which the journal goes on to record`),
    ...(usedPrintMode && result.calls.total > 0 ? [STOOD_IN] : []),
    ...(result.calls.total + result.calls.refused === 0 ? [NOTHING_SEEN] : []),
    ...nextStep(result),
  ];
}

const NOTHING_SEEN = '  no `claude` came by: is it called by its full path, or with another PATH?';

const STOOD_IN = '  no `claude` on PATH: andwait-print answered in its place';

function entry(name: string, count: number, words: (count: string) => string): string[] {
  return count === 0 ? [] : labelled(name, [words(countText(count, 'call'))]).map((line) => `  ${line}`);
}

function nextStep(result: RunResult): string[] {
  const step = nextStepOf({ kind: 'exec', runId: result.runId ?? '' }, result);
  return step === undefined ? [] : [step];
}
