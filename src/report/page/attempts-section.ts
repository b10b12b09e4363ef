/** The chain of attempts: who went on with the run, what each found answered, and what each paid. */
import { usageText } from '../call-words.ts';
import { countText, dollarsText, durationText, wholeText } from '../text/figures.ts';
import { safeLines, shortLine } from '../text/safe-text.ts';
import { STATUS_TONES } from './call-states.ts';
import { type Html, html, NOTHING } from './html.ts';
import { moment } from './moment.ts';
import type { PageAttempt, PageLogLine, PageRun } from './page-run.ts';

const ATTEMPTS_SHOWN = 50;
const LOG_LINES_SHOWN = 200;
const LOG_CHARACTERS = 400;

/** Nothing to tell of a run that was never resumed. */
export function attemptsSection(run: PageRun): Html {
  const { attempts } = run;
  if (attempts.length < 2) return NOTHING;
  const shown = attempts.slice(-ATTEMPTS_SHOWN);
  const hidden = attempts.length - shown.length;
  return html`<section aria-labelledby="attempts"><h2 id="attempts">Attempts</h2>
${hidden === 0 ? NOTHING : html`<p class="h">${countText(hidden, 'earlier attempt')} not shown</p>`}
<ol class="attempts">${shown.map((attempt) => entry(attempt, attempt === attempts.at(-1) && run.status === 'running'))}</ol></section>
`;
}

function entry(
  { attempt, startedAt, endedAt, status, agent, rehearsal, calls }: PageAttempt,
  isAtWork: boolean,
): Html {
  const end = status ?? (isAtWork ? 'running' : 'unfinished');
  const { calls: counts, usage, costUsd } = calls.tally;
  const told = [
    counts.replayed > 0 ? `${wholeText(counts.replayed)} reused` : '',
    counts.done > 0 ? `${wholeText(counts.done)} done` : '',
    counts.failed > 0 ? `${wholeText(counts.failed)} failed` : '',
    counts.stopped > 0 ? `${wholeText(counts.stopped)} stopped` : '',
    counts.refused > 0 ? `${wholeText(counts.refused)} refused` : '',
    calls.open > 0 ? `${wholeText(calls.open)} ${isAtWork ? 'running' : 'cut off'}` : '',
    usageText(usage),
    dollarsText(costUsd),
  ].filter((text) => text !== '');
  return html`<li value="${attempt}"><span class="status ${STATUS_TONES[end]}">${end}</span> ${moment(startedAt)}, ${durationText(endedAt - startedAt)}, ${shortLine(agent, 80)}${rehearsal ? ', a rehearsal' : ''}<br><span class="h">${told.join(' · ')}</span></li>
`;
}

export function logSection({ log, runId }: PageRun): Html {
  if (log.length === 0) return NOTHING;
  const shown = log.slice(-LOG_LINES_SHOWN);
  const hidden = log.length - shown.length;
  return html`<section aria-labelledby="log"><h2 id="log">Log</h2>
${hidden === 0 ? NOTHING : html`<p class="h">${countText(hidden, 'earlier line')} not shown: <code>andwait logs ${runId}</code></p>`}
<ol class="log">${shown.map(logEntry)}</ol></section>
`;
}

function logEntry({ at, label, text }: PageLogLine): Html {
  const own = label === '' ? NOTHING : html`<b>${label}</b> `;
  const said = safeLines(text.slice(0, LOG_CHARACTERS)).join('\n');
  const more = text.length > LOG_CHARACTERS ? '…' : '';
  return html`<li>${moment(at)} ${own}<span dir="auto">${said}${more}</span></li>
`;
}
