/** The calls: as many as the page has room for, those that want looking at first, their texts cut alike. */

import { groupTitle } from '../call-words.ts';
import { countText, wholeText } from '../text/figures.ts';
import { shortLine } from '../text/safe-text.ts';
import { callEntry } from './call-entry.ts';
import { callSteps } from './call-steps.ts';
import { textsAfterSteps, textsBeforeSteps } from './call-texts.ts';
import { countsOf } from './head-section.ts';
import { type Html, html, htmlBytes, NOTHING } from './html.ts';
import { CALL_STATES, isCurrent, type PageCall, type PageRun, stateOf } from './page-run.ts';
import { fairCap } from './text-room.ts';
import type { TimeScale } from './time-scale.ts';

/** Of the room: so much at most is for the lines of the calls, the rest for their texts. */
const FRAMES_SHARE = 0.75;
/** Of each text around its words: heading, box, and what says that it was cut. */
const AROUND_TEXT_BYTES = 90;
const PHASES_OFFERED = 100;

export function callsSection(run: PageRun, scale: TimeScale, maxBytes: number): Html {
  if (run.calls.length === 0)
    return html`<section aria-labelledby="calls"><h2 id="calls">Calls</h2><p>None was made.</p></section>`;
  const inOrder = mostTellingFirst(run);
  const shown: PageCall[] = [];
  let frameBytes = 0;
  for (const call of inOrder) {
    const { bytes } = callEntry(call, 0, scale, run);
    if (frameBytes + bytes > maxBytes * FRAMES_SHARE) break;
    frameBytes += bytes;
    shown.push(call);
  }
  const cap = textCap(shown, maxBytes - frameBytes);
  const entries = shown.map((call) => callEntry(call, cap, scale, run));
  const hidden = run.calls.length - shown.length;
  return html`<section aria-labelledby="calls"><h2 id="calls">Calls</h2>
<p class="h">${cap === Number.POSITIVE_INFINITY ? '' : 'Long texts are cut, so that the page stays small. '}<code>andwait logs ${run.runId} CALL</code> shows a call’s work, with <code>--json</code> every event whole.</p>
${hidden === 0 ? NOTHING : html`<p class="note">${countText(hidden, 'more call')} had no room on this page: <code>andwait logs ${run.runId}</code></p>`}
${filters(run, shown.length)}
<ol class="calls" id="list">
${entries}</ol></section>
`;
}

/** One length for all texts, with which all of them and what stands around them fit. */
function textCap(calls: readonly PageCall[], room: number): number {
  const texts = calls.map((call) => [...textsBeforeSteps(call), ...textsAfterSteps(call)]);
  // A character takes a byte or more: what surely has no room is not even measured.
  const most = fairCap(
    calls.flatMap(({ story }, at) => [
      ...(texts[at] ?? []).map(({ text }) => text.length),
      story?.stepCharacters ?? 0,
    ]),
    room,
  );
  const sizes = calls.flatMap((call, at) => [
    ...(texts[at] ?? []).map(({ text }) => htmlBytes(text.slice(0, most))),
    callSteps(call, most).bytes,
  ]);
  const cap = fairCap(sizes, room - sizes.length * AROUND_TEXT_BYTES);
  return Math.min(cap, most);
}

function mostTellingFirst(run: PageRun): PageCall[] {
  const rank = (call: PageCall): number => {
    const state = CALL_STATES.indexOf(stateOf(call, run));
    return isCurrent(call, run) ? state : state + CALL_STATES.length;
  };
  return run.calls
    .map((call) => ({ call, rank: rank(call) }))
    .sort((a, b) => a.rank - b.rank || a.call.started.call - b.call.started.call)
    .map(({ call }) => call);
}

/** Without the page's script there is nothing that could be filtered: it shows them. */
function filters(run: PageRun, shown: number): Html {
  const counts = countsOf(run);
  const current = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const states = CALL_STATES.filter((state) => counts[state] > 0);
  const chips = [
    chip('', 'all', shown, true),
    ...(states.length < 2 ? [] : states.map((state) => chip(state, state, counts[state]))),
    ...(current === run.calls.length ? [] : [chip('old', 'earlier attempts', run.calls.length - current)]),
  ];
  return html`<form id="filters" role="search" aria-label="Calls" hidden>
<input type="search" id="find" placeholder="Find in calls" aria-label="Find in calls" autocomplete="off" spellcheck="false">
<fieldset><legend class="vh">State</legend>${chips}</fieldset>
${phaseChoice(run)}<label><span class="vh">Order</span><select id="order"><option value="">failures first<option value="n">by number<option value="0">slowest first<option value="1">most tokens first<option value="2">dearest first</select></label>
<button type="button" id="all">Open all</button>
<label class="keys"><input type="checkbox" id="keys" checked> keys: <kbd>/</kbd> find, <kbd>j</kbd> <kbd>k</kbd> next and previous call, <kbd>f</kbd> next failed, <kbd>o</kbd> open</label>
<p id="count" role="status" class="h"></p>
</form>
`;
}

function chip(value: string, word: string, count: number, isChosen = false): Html {
  const input = isChosen
    ? html`<input type="radio" name="state" value="${value}" checked>`
    : html`<input type="radio" name="state" value="${value}">`;
  return html`<label class="chip">${input} ${word} <b>${wholeText(count)}</b></label>`;
}

function phaseChoice({ calls }: PageRun): Html {
  const titles = new Set(
    calls.map(({ started }) => groupTitle({ workflow: started.workflow, title: started.phase })),
  );
  titles.delete('');
  if (titles.size === 0) return NOTHING;
  const offered = [...titles].slice(0, PHASES_OFFERED);
  return html`<label><span class="vh">Phase</span><select id="phase"><option value="">all phases${offered.map((title) => html`<option>${shortLine(title, 120)}`)}</select></label>
`;
}
