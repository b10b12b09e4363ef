/** The top of the page: which run this is, how it stands, and what it came to. */
import { addUsage, NO_USAGE } from '../../core/outcome.ts';
import { countText, dollarsText, durationText, tokensText, wholeText } from '../text/figures.ts';
import { shortLine } from '../text/safe-text.ts';
import { STATUS_TONES, STATUS_WORDS } from './call-states.ts';
import { type Html, html, NOTHING, type Part } from './html.ts';
import { moment } from './moment.ts';
import { isCurrent, type PageCallState, type PageRun, stateOf } from './page-run.ts';

const KIND_WORDS: Readonly<Record<PageRun['kind'], string>> = {
  workflow: 'workflow script',
  exec: 'recipe',
  map: 'map',
  new: 'a script being written',
  worker: 'calls of other hosts’ runs',
  standing: 'calls outside any run',
};

/** `peak`: the most calls at once. */
export function headSection(run: PageRun, peak: number): Html {
  const last = run.attempts.at(-1);
  return html`<header>
<p class="k">andwait · ${KIND_WORDS[run.kind]}</p>
<h1><bdi>${shortLine(run.name, 200)}</bdi> <span class="status ${STATUS_TONES[run.status]}">${STATUS_WORDS[run.status]}</span></h1>
${run.description === '' ? NOTHING : html`<p class="lead" dir="auto">${shortLine(run.description, 1_000)}</p>`}
${run.status === 'running' ? html`<p class="note">It was at work when this page was made. <code>andwait report ${run.runId}</code> makes a new one.</p>` : NOTHING}
${run.notice === undefined ? NOTHING : html`<p class="note">${run.notice}</p>`}
${pauseNote(run)}<dl class="figures">${figures(run, peak)}</dl>
<dl class="facts">
${fact('run', html`<code>${run.runId}</code>`)}${fact('started', moment(run.startedAt))}${fact(run.status === 'running' ? 'seen' : 'ended', moment(run.endedAt))}${
  last === undefined ? '' : fact('agents', shortLine(last.agent, 120))
}${fact('folder', html`<bdi>${shortLine(run.cwd, 500)}</bdi>`)}${
  run.nextStep === undefined ? '' : fact('to go on', html`<code>${run.nextStep}</code>`)
}
</dl>
</header>
`;
}

function pauseNote({ result }: PageRun): Html {
  const pause = result?.pause;
  if (pause === undefined) return NOTHING;
  const until = pause.resetAt === null ? NOTHING : html` It can go on from ${moment(pause.resetAt)}.`;
  return html`<p class="note"><b>${pause.cause}</b> ${shortLine(pause.message, 600)}${until}</p>
`;
}

function fact(name: string, value: Part): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function figures(run: PageRun, peak: number): Html[] {
  const counts = countsOf(run);
  const usage = run.attempts.reduce((sum, { calls }) => addUsage(sum, calls.tally.usage), NO_USAGE);
  const costUsd = run.attempts.reduce((sum, { calls }) => sum + calls.tally.costUsd, 0);
  const unpriced = run.attempts.reduce((sum, { calls }) => sum + calls.findings.unpricedCalls, 0);
  const ranMs = run.attempts.reduce(
    (sum, { startedAt, endedAt }) => sum + Math.max(0, endedAt - startedAt),
    0,
  );
  const refused = run.attempts.at(-1)?.calls.tally.calls.refused ?? 0;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const good = counts.done + counts.denied;
  const bad = (['failed', 'unfinished', 'stopped', 'running', 'waiting'] as const).filter(
    (state) => counts[state] > 0,
  );
  const cached = usage.cacheReadTokens + usage.cacheCreationTokens;
  return [
    figure('calls', wholeText(all), callsText(run.calls.length - all, peak)),
    figure(
      'done',
      wholeText(good),
      counts.denied === 0 ? '' : `${wholeText(counts.denied)} denied a tool`,
      all > 0 && good === all ? 'good' : '',
    ),
    ...bad.map((state) => figure(state, wholeText(counts[state]), '', state === 'failed' ? 'bad' : 'warn')),
    ...(refused === 0 ? [] : [figure('refused', wholeText(refused), 'by a cap', 'warn')]),
    figure(
      'tokens',
      `${tokensText(usage.inputTokens + cached)} in`,
      `${tokensText(usage.outputTokens)} out${cached === 0 ? '' : `, ${tokensText(usage.cacheReadTokens)} from cache`}`,
    ),
    figure(
      'cost',
      costUsd === 0 && unpriced > 0 ? 'unpriced' : dollarsText(costUsd),
      unpriced === 0 ? '' : `and ${countText(unpriced, 'call')} unpriced`,
    ),
    figure(
      'time',
      durationText(ranMs),
      run.attempts.length < 2 ? '' : `in ${countText(run.attempts.length, 'attempt')}`,
    ),
  ];
}

function callsText(earlier: number, peak: number): string {
  const told = [
    peak === 0 ? '' : `${wholeText(peak)} at once at most`,
    earlier === 0 ? '' : `${wholeText(earlier)} more in earlier attempts`,
  ];
  return told.filter((text) => text !== '').join('; ');
}

function figure(name: string, value: string, more: string, tone = ''): Html {
  return html`<div class="${tone}"><dt>${name}</dt><dd>${value}${more === '' ? NOTHING : html`<small>${more}</small>`}</dd></div>`;
}

/** Of the calls that count for the run as it stands. */
export function countsOf(run: PageRun): Record<PageCallState, number> {
  const counts = { failed: 0, unfinished: 0, running: 0, waiting: 0, stopped: 0, denied: 0, done: 0 };
  for (const call of run.calls) if (isCurrent(call, run)) counts[stateOf(call, run)] += 1;
  return counts;
}
