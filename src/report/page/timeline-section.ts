/** The run over time: for each phase how many of its calls there were at once, and where calls failed. */
import { groupTitle } from '../call-words.ts';
import { countText, dollarsText, durationText, tokensText, wholeText } from '../text/figures.ts';
import { shortLine } from '../text/safe-text.ts';
import { type Html, html, NOTHING } from './html.ts';
import { type PageCall, type PageRun, stateOf } from './page-run.ts';
import { countsAtOnce, type Span, type TimeScale } from './time-scale.ts';

const COLUMNS = 200;
const PHASES_SHOWN = 40;
/** Of the drawing, in its own units; a column is one wide. */
const HEIGHT = 20;

interface Phase {
  readonly title: string;
  readonly calls: readonly PageCall[];
}

export function timelineSection(run: PageRun, scale: TimeScale): Html {
  if (run.calls.length === 0) return NOTHING;
  const phases = phasesOf(run.calls);
  const rows = phases.length === 1 ? [] : phases.slice(0, PHASES_SHOWN);
  const hidden = rows.length === 0 ? 0 : phases.length - rows.length;
  const peak = Math.max(1, ...countsAtOnce(run.calls.map(spanOf), scale, COLUMNS));
  const all: Phase = { title: phases.length === 1 ? (phases[0]?.title ?? '') : '', calls: run.calls };
  return html`<section aria-labelledby="time"><h2 id="time">Timeline</h2>
<p class="h">Height is how many calls ran at once, up to ${wholeText(peak)}; a red mark is a call that failed.${restsText(scale)}</p>
<div class="scroll" tabindex="0" role="group" aria-label="Timeline"><table class="phases"><thead><tr><th scope="col">phase</th><th scope="col" class="chart">${axis(scale)}</th><th scope="col">calls</th><th scope="col">failed</th><th scope="col">at once</th><th scope="col">tokens</th><th scope="col">cost</th></tr></thead><tbody>
${row(all.title === '' ? 'all calls' : all.title, all, peak, scale, run)}${rows.map((phase) => row(phase.title === '' ? 'outside any phase' : phase.title, phase, peak, scale, run))}</tbody></table></div>
${hidden === 0 ? NOTHING : html`<p class="h">… ${countText(hidden, 'more phase')}</p>`}</section>
`;
}

export function spanOf({ started, endedAt }: PageCall): Span {
  return { from: started.at, to: endedAt };
}

function phasesOf(calls: readonly PageCall[]): Phase[] {
  const phases = new Map<string, PageCall[]>();
  for (const call of calls) {
    const { workflow, phase } = call.started;
    const title = groupTitle({ workflow, title: phase });
    const others = phases.get(title);
    if (others === undefined) phases.set(title, [call]);
    else others.push(call);
  }
  return [...phases].map(([title, calls]) => ({ title, calls }));
}

function row(title: string, { calls }: Phase, peak: number, scale: TimeScale, run: PageRun): Html {
  const counts = countsAtOnce(calls.map(spanOf), scale, COLUMNS);
  const failed = calls.filter((call) => stateOf(call, run) === 'failed');
  const outcomes = calls.flatMap(({ outcome }) => outcome ?? []);
  const tokens = outcomes.reduce(
    (sum, { usage }) =>
      sum + usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheCreationTokens,
    0,
  );
  const prices = outcomes.flatMap(({ costUsd }) => costUsd ?? []);
  const cost =
    outcomes.length > 0 && prices.length === 0 ? null : prices.reduce((sum, price) => sum + price, 0);
  return html`<tr><th scope="row"><bdi>${shortLine(title, 80)}</bdi></th><td class="chart">${chart(counts, failed, peak, scale)}</td><td>${wholeText(calls.length)}</td><td class="${failed.length === 0 ? '' : 'bad'}">${wholeText(failed.length)}</td><td>${wholeText(Math.max(...counts))}</td><td>${tokensText(tokens)}</td><td>${dollarsText(cost)}</td></tr>
`;
}

function chart(counts: readonly number[], failed: readonly PageCall[], peak: number, scale: TimeScale): Html {
  const marks = new Set(failed.map(({ endedAt }) => columnOf(scale.place(endedAt))));
  const ticks = [...marks]
    .sort((a, b) => a - b)
    .map((column) => `M${column + 0.5} 0v4`)
    .join('');
  const breaks = scale.rests.map(({ at }) => `M${(at * COLUMNS).toFixed(1)} 0v${HEIGHT}`).join('');
  return html`<svg viewBox="0 0 ${COLUMNS} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><path class="area" d="${areaPath(counts, peak)}"/>${
    breaks === '' ? NOTHING : html`<path class="rest" d="${breaks}"/>`
  }${ticks === '' ? NOTHING : html`<path class="ticks" d="${ticks}"/>`}</svg>`;
}

function columnOf(place: number): number {
  return Math.min(COLUMNS - 1, Math.floor(place * COLUMNS));
}

/** Steps from the ground line, a run of equal columns as one. */
function areaPath(counts: readonly number[], peak: number): string {
  let path = `M0 ${HEIGHT}`;
  let before = 0;
  counts.forEach((count, column) => {
    if (count === before) return;
    path += `H${column}V${(HEIGHT - (count / peak) * (HEIGHT - 5)).toFixed(1)}`;
    before = count;
  });
  return `${path}H${counts.length}V${HEIGHT}Z`;
}

/** The time that was drawn as it was, at both ends. */
function axis(scale: TimeScale): Html {
  return html`<span class="axis"><span>0</span><span>${scale.rests.length === 0 ? durationText(scale.shownMs / 2) : ''}</span><span>${durationText(scale.shownMs)}${scale.rests.length === 0 ? '' : ' of work'}</span></span>`;
}

function restsText({ rests }: TimeScale): string {
  if (rests.length === 0) return '';
  const longest = durationText(Math.max(...rests.map(({ ms }) => ms)));
  const told = rests.length === 1 ? longest : `${wholeText(rests.length)}, the longest ${longest}`;
  return ` Times in which none ran are drawn short, as a dashed line (${told}).`;
}
