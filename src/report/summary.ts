/** What a person is told when a run has ended: what came of it, what wants looking at, what it cost, and the command that goes on. */
import { isJsonObject } from '../core/json.ts';
import type { Usage } from '../core/outcome.ts';
import type { CallCounts, RunError, RunResult, RunStatus } from '../core/run.ts';
import type { FailureGroup, RunFindings } from './progress/run-findings.ts';
import { countText, dollarsText, durationText, timesText, tokensText, wholeText } from './text/figures.ts';
import { labelled } from './text/labelled-lines.ts';
import { safeLine, safeLines, shortLine } from './text/safe-text.ts';
import { toolCountsText } from './transcript/tool-counts.ts';

export interface RunSummary {
  readonly result: RunResult;
  readonly findings: RunFindings;
  /** The last line, whole: what to type next. */
  readonly nextStep: string | undefined;
}

/** Of more than that, the rest is counted. */
const FAILURES_SHOWN = 5;
const WORKTREES_SHOWN = 20;
const STACK_LINES_SHOWN = 12;

const STATUS_WORDS: Readonly<Record<RunStatus, string>> = {
  completed: 'completed',
  failed: 'failed',
  capped: 'ended by a cap',
  paused: 'paused',
  stopped: 'stopped',
  refused: 'refused before it ran',
};

export function summaryLines({ result, findings, nextStep }: RunSummary): string[] {
  const { name, status, durationMs, runId } = result;
  const took = status === 'refused' ? '' : ` after ${durationText(durationMs)}`;
  return [
    `${shortLine(name ?? 'run', 120)} ${STATUS_WORDS[status]}${took}`,
    ...entry('paused', result.pause === undefined ? '' : `${result.pause.cause}: ${result.pause.message}`),
    ...errorLines(result.error),
    ...entry('agents', countsText(result.calls)),
    ...findingLines(findings),
    ...entry(
      'empty',
      callsText(result.calls.empty, (calls) => `${calls} replied without a word`),
    ),
    ...entry(
      'again',
      callsText(result.calls.putBack, (calls) => `${calls} put back, to wait for another agent`),
    ),
    ...entry('tokens', tokenText(result.usage)),
    ...entry('no usage', callsText(result.calls.unmetered, unmeteredText)),
    ...entry('cost', costText(result.costUsd, findings.unpricedCalls, result.calls.unmetered)),
    ...entry('report', reportCommand(result)),
    ...entry('run', runId ?? ''),
    ...(nextStep === undefined ? [] : [nextStep]),
  ];
}

/** A report inside an object is one long line on stdout: this shows it as it was written. */
function reportCommand({ result, runId }: RunResult): string {
  const hasReport = isJsonObject(result) && typeof result['report'] === 'string';
  return hasReport && runId !== null ? `andwait result ${runId} --field report` : '';
}

/** What wants looking at, whether the run has ended or not. */
export function findingLines(findings: RunFindings): string[] {
  return [
    ...failureLines(findings),
    ...[...findings.refusals].flatMap(([cap, { message, count }]) =>
      entry('refused', `${timesText(count)} by the ${cap} cap: ${shortLine(message, 300)}`),
    ),
    ...entry('denied', toolCountsText(findings.deniedTools)),
    ...worktreeLines(findings),
  ];
}

/** Only what is there, except that `done` is told when nothing is. */
export function countsText(calls: CallCounts): string {
  const told = (['done', 'failed', 'skipped', 'replayed', 'stopped', 'refused'] as const)
    .filter((end) => end === 'done' || calls[end] > 0)
    .map((end) => `${wholeText(calls[end])} ${end}`);
  return told.join(', ');
}

/** V8 puts name and message in front of the stack; where it does, the stack alone says it all. */
function errorLines(error: RunError | null): string[] {
  if (error === null) return [];
  const heading = `${error.name}: ${error.message}`;
  const { stack } = error;
  const text = stack === undefined ? heading : stack.startsWith(error.name) ? stack : `${heading}\n${stack}`;
  const lines = safeLines(text);
  const shown = lines.slice(0, STACK_LINES_SHOWN);
  const hidden = lines.length - shown.length;
  return block('error', hidden > 0 ? [...shown, `… ${countText(hidden, 'more line')}`] : shown);
}

function failureLines({ failures }: RunFindings): string[] {
  const mostFirst = [...failures].sort((a, b) => b.count - a.count);
  const shown = mostFirst.slice(0, FAILURES_SHOWN).map(failureText);
  const hidden = mostFirst.slice(FAILURES_SHOWN);
  if (hidden.length > 0) {
    const calls = hidden.reduce((sum, { count }) => sum + count, 0);
    shown.push(`… ${countText(calls, 'more call')} with ${countText(hidden.length, 'other message')}`);
  }
  return block('failed', shown);
}

/** `× 37 api-error: API Error: 529 … (#3 find:a, #7 find:b, #9 find:c, …)`. */
function failureText({ reason, message, count, firstCalls }: FailureGroup): string {
  const calls = firstCalls.map(({ id, label }) => `#${id} ${shortLine(label, 60)}`);
  if (count > calls.length) calls.push('…');
  const times = count === 1 ? '' : `${timesText(count)} `;
  return `${times}${reason}: ${shortLine(message, 300)} (${calls.join(', ')})`;
}

function worktreeLines({ worktrees }: RunFindings): string[] {
  const shown = worktrees.slice(0, WORKTREES_SHOWN).map(({ path, branch, diffStat }) => {
    const total = safeLines(diffStat).at(-1)?.trim() ?? '';
    return `${safeLine(path)} (branch ${safeLine(branch)})${total === '' ? '' : `: ${total}`}`;
  });
  const hidden = worktrees.length - shown.length;
  return block('kept', hidden > 0 ? [...shown, `… ${countText(hidden, 'more worktree')}`] : shown);
}

function tokenText(usage: Usage): string {
  const { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens } = usage;
  const told = [`${tokensText(inputTokens)} in`, `${tokensText(outputTokens)} out`];
  if (cacheReadTokens > 0) told.push(`${tokensText(cacheReadTokens)} read from cache`);
  if (cacheCreationTokens > 0) told.push(`${tokensText(cacheCreationTokens)} written to cache`);
  return inputTokens + outputTokens + cacheReadTokens + cacheCreationTokens === 0 ? '' : told.join(', ');
}

/** A sum over some of the calls is a lower bound, and says so. */
function costText(costUsd: number, unpricedCalls: number, unmeteredCalls: number): string {
  const bound = unmeteredCalls > 0 ? 'at least ' : '';
  if (unpricedCalls === 0) return costUsd === 0 ? '' : `${bound}${dollarsText(costUsd)}`;
  const unpriced = `${countText(unpricedCalls, 'call')} unpriced`;
  return costUsd === 0 ? unpriced : `at least ${dollarsText(costUsd)}, ${unpriced}`;
}

function callsText(count: number, words: (calls: string) => string): string {
  return count === 0 ? '' : words(countText(count, 'call'));
}

function unmeteredText(calls: string): string {
  return `${calls} unmetered: neither tokens nor cost are known, and no budget saw them`;
}

function entry(name: string, text: string): string[] {
  return text === '' ? [] : block(name, [text]);
}

function block(name: string, lines: readonly string[]): string[] {
  return labelled(name, lines).map((line) => `  ${line}`);
}
