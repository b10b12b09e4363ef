/** The job summary of a run: Markdown that no agent's text can leave its cell of. */
import type { CallCounts, RunResult } from '../../core/run.ts';
import { countText, dollarsText, durationText, tokensText } from '../text/figures.ts';
import { shortLine } from '../text/safe-text.ts';
import { type EndedCall, placeOf, verdictOf } from './ended-call.ts';

export interface GithubRun {
  readonly result: RunResult;
  readonly calls: readonly EndedCall[];
}

/** A step may write 1 MiB: 100 rows of at most 700 escaped characters are far below it. */
const MAX_ROWS = 100;

export function summaryMarkdown({ result, calls }: GithubRun): string {
  const { name, status, runId, durationMs, usage, costUsd } = result;
  const bad = calls.filter((call) => verdictOf(call) === 'failed');
  return [
    `### ${plain(name ?? 'run', 120)}: ${status}`,
    '',
    '| agents | tokens | cost | time |',
    '| --- | --- | --- | --- |',
    `| ${countsText(result.calls)} | ${tokensText(usage.inputTokens)} in, ${tokensText(usage.outputTokens)} out | ${result.calls.unmetered > 0 ? 'at least ' : ''}${dollarsText(costUsd)} | ${durationText(durationMs)} |`,
    '',
    ...(result.error === null ? [] : [`${plain(result.error.message, 500)}`, '']),
    ...(result.pause === undefined ? [] : [`${plain(result.pause.message, 500)}`, '']),
    ...failedTable(bad),
    `Run \`${runId ?? ''}\`; the whole of it: \`andwait report ${runId ?? ''}\``,
    '',
    '',
  ].join('\n');
}

function countsText(calls: CallCounts): string {
  const counts = Object.entries(calls).filter(([, count]) => typeof count === 'number' && count > 0);
  return counts.map(([end, count]) => `${count} ${end === 'putBack' ? 'put back' : end}`).join(', ');
}

function failedTable(bad: readonly EndedCall[]): string[] {
  if (bad.length === 0) return [];
  const rows = bad.slice(0, MAX_ROWS).map((call) => {
    const { outcome } = call;
    const why = outcome?.kind === 'failure' ? `${outcome.reason}: ${outcome.message}` : '';
    return `| #${call.call} | ${plain(call.label, 100)} | ${plain(placeOf(call) ?? '', 80)} | ${plain(why, 200)} |`;
  });
  const rest = bad.length > MAX_ROWS ? [`… and ${bad.length - MAX_ROWS} more`, ''] : [];
  const title = `${countText(bad.length, 'call')} failed`;
  return [
    `**${title}**`,
    '',
    '| call | label | phase | why |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...rest,
  ];
}

/** Every character that Markdown, HTML or a table could read anything into stands as its number. */
function plain(text: string, maxCharacters: number): string {
  return shortLine(text, maxCharacters).replace(
    /[^\p{L}\p{N}\p{M} ;,/()']/gu,
    (character) => `&#${character.codePointAt(0)};`,
  );
}
