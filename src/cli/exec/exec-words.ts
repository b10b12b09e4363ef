/** What a person is told when a recipe has ended. Nothing, as a rule, where nobody watches: a cron job that went well says nothing. */

import type { RunCaps, RunResult } from '../../core/run.ts';
import { countText } from '../../report/figures.ts';
import { labelled } from '../../report/labelled-lines.ts';
import { safeText } from '../../report/safe-text.ts';
import { summaryLines } from '../../report/summary.ts';
import { largerCaps } from '../larger-caps.ts';
import type { CallsOfAttempt } from './exec-result.ts';

export interface ExecEnd {
  readonly result: RunResult;
  readonly calls: CallsOfAttempt;
  readonly caps: RunCaps;
  /** There was no `claude` on PATH for the shim to stand before. */
  readonly usedPrintMode: boolean;
}

export interface Audience {
  readonly quiet: boolean;
  readonly isTerminal: boolean;
}

/** Text for stderr, often empty. */
export function lastWords(end: ExecEnd, { quiet, isTerminal }: Audience): string {
  const { failed, refused } = end.result.calls;
  if (quiet || (!isTerminal && failed === 0 && refused === 0)) return '';
  return safeText(`${execSummary(end).join('\n')}\n`);
}

export function execSummary({ result, calls, caps, usedPrintMode }: ExecEnd): string[] {
  const { findings, unmetered, open } = calls;
  return [
    ...summaryLines({ result, findings, nextStep: undefined }),
    ...entry(
      'no usage',
      unmetered,
      (count) => `${count} unmetered: neither its tokens nor its cost are known`,
    ),
    ...entry('left', open, (count) => `${count} in the background, which the journal goes on to record`),
    ...(usedPrintMode && result.calls.total > 0 ? [STOOD_IN] : []),
    ...(result.calls.total + result.calls.refused === 0 ? [NOTHING_SEEN] : []),
    ...nextStep(result, caps),
  ];
}

const NOTHING_SEEN = '  no `claude` came by: is it called by its full path, or with another PATH?';

const STOOD_IN = '  no `claude` on PATH: andwait-print answered in its place';

function entry(name: string, count: number, words: (count: string) => string): string[] {
  return count === 0 ? [] : labelled(name, [words(countText(count, 'call'))]).map((line) => `  ${line}`);
}

/** With the cap it ran into, it would stop where it stopped. */
function nextStep({ runId, status, calls }: RunResult, caps: RunCaps): string[] {
  if (status === 'completed' && calls.failed === 0 && calls.refused === 0) return [];
  const resume = `go on with: andwait exec --resume ${runId}`;
  if (calls.refused === 0) return [resume];
  return [`${resume}${largerCaps(caps)}`];
}
