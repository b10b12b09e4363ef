/** One call on the page: a line that says how it went, and behind it what it was asked, answered and did. */
import type { Outcome } from '../../core/outcome.ts';
import { groupTitle, usageText } from '../call-words.ts';
import { dollarsText, durationText, wholeText } from '../text/figures.ts';
import { shortLine } from '../text/safe-text.ts';
import { countTools, toolCountsText } from '../transcript/tool-counts.ts';
import { STATE_WORDS } from './call-states.ts';
import { callSteps } from './call-steps.ts';
import { type CallText, MESSAGE_CHARACTERS, textsAfterSteps, textsBeforeSteps } from './call-texts.ts';
import { type Html, html, NOTHING, type Part } from './html.ts';
import { moment } from './moment.ts';
import { isCurrent, type PageCall, type PageRun, stateOf } from './page-run.ts';
import { fittedText } from './text-room.ts';
import type { TimeScale } from './time-scale.ts';

const LABEL_CHARACTERS = 120;

/** `maxBytes` bounds each of its texts; with 0 it is as small as it can be. */
export function callEntry(call: PageCall, maxBytes: number, scale: TimeScale, run: PageRun): Html {
  const { started, outcome } = call;
  const state = stateOf(call, run);
  const id = started.call;
  const current = isCurrent(call, run);
  const classes = current ? state : `${state} old`;
  const word = current ? STATE_WORDS[state] : `${STATE_WORDS[state]} earlier`;
  return html`<li id="c${id}" class="${classes}" data-v="${figuresForSorting(call)}"><details><summary><b class="s">${word}</b><span class="n">#${id}</span><bdi class="l">${shortLine(started.label, LABEL_CHARACTERS)}</bdi><span class="p">${titleOf(call)}</span>${bar(call, scale)}<span class="d">${durationText(call.endedAt - started.at)}</span><span class="t">${outcome === undefined ? '' : usageText(outcome.usage)}</span><span class="c">${costText(outcome)}</span>${failureLine(outcome)}</summary>
${facts(call, run)}${maxBytes === 0 ? NOTHING : bodies(call, maxBytes)}<p class="h">Whole: <code>andwait logs ${run.runId} ${id}</code></p></details></li>
`;
}

function titleOf({ started }: PageCall): string {
  return groupTitle({ workflow: started.workflow, title: started.phase });
}

/** Milliseconds, tokens, dollars: what the page's script sorts by. */
function figuresForSorting({ started, endedAt, outcome }: PageCall): string {
  const usage = outcome?.usage;
  const tokens =
    usage === undefined
      ? 0
      : usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheCreationTokens;
  return `${Math.max(0, Math.round(endedAt - started.at))} ${tokens} ${outcome?.costUsd ?? 0}`;
}

function bar({ started, endedAt }: PageCall, scale: TimeScale): Html {
  const from = scale.place(started.at) * 100;
  const width = Math.max(1, scale.place(endedAt) * 100 - from);
  return html`<svg class="w" aria-hidden="true"><rect x="${Math.min(99, from).toFixed(1)}%" width="${width.toFixed(1)}%" height="100%"/></svg>`;
}

/** A call that failed before it did anything owes nothing, and has no price to be without. */
function costText(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '';
  if (outcome.unmetered) return 'unmetered';
  const isNothing = outcome.kind === 'failure' && outcome.costUsd === null && usageText(outcome.usage) === '';
  return isNothing ? '' : dollarsText(outcome.costUsd);
}

function failureLine(outcome: Outcome | undefined): Html {
  if (outcome?.kind !== 'failure') return NOTHING;
  return html`<span class="m"><b>${outcome.reason}</b> ${shortLine(outcome.message, MESSAGE_CHARACTERS)}</span>`;
}

function facts(call: PageCall, run: PageRun): Html {
  const { started, outcome, story, replayedIn, setbacks } = call;
  const usage = outcome?.usage;
  const told: [string, Part][] = [
    ['started', moment(started.at)],
    ['model', shortLine(outcome?.model ?? started.model ?? '', 80)],
    ['effort', started.effort],
    ['agent type', shortLine(started.agentType ?? '', 80)],
    ['isolation', started.isolation],
    ['host', shortLine(outcome?.host ?? '', 80)],
    ['turns', outcome === undefined || outcome.turns === 0 ? '' : outcome.turns],
    [
      'tools',
      story === undefined
        ? ''
        : `${toolCountsText(story.tools)}${story.tools.size > 0 && story.isBeginning ? ' or more' : ''}`,
    ],
    [
      'denied',
      outcome === undefined
        ? ''
        : toolCountsText(countTools(outcome.denials.map(({ toolName }) => shortLine(toolName, 60)))),
    ],
    [
      'cache',
      usage === undefined || usage.cacheReadTokens + usage.cacheCreationTokens === 0
        ? ''
        : `${wholeText(usage.cacheReadTokens)} read, ${wholeText(usage.cacheCreationTokens)} written`,
    ],
    ['put back', toolCountsText(countTools(setbacks.map(({ cause }) => cause)))],
    ['HTTP status', outcome?.kind === 'failure' ? outcome.apiStatus : undefined],
    ['session', shortLine(outcome?.sessionId ?? '', 60)],
    [
      'attempt',
      run.attempts.length < 2
        ? ''
        : `${started.attempt}${replayedIn.length === 0 ? '' : `, answer reused in ${replayedIn.join(', ')}`}`,
    ],
    [
      'kept edits',
      outcome?.worktree === undefined
        ? ''
        : shortLine(`${outcome.worktree.path} (branch ${outcome.worktree.branch})`, 300),
    ],
  ];
  return html`<dl>${told.filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function bodies(call: PageCall, maxBytes: number): Html {
  const isKnown = call.story?.prompt !== undefined;
  const unknown = isKnown ? NOTHING : html`<p class="h">Its prompt was not recorded.</p>`;
  const section = ({ title, text, characters }: CallText): Html =>
    html`<h3>${title}</h3><pre dir="auto">${characters === 0 ? html`<i>empty</i>` : fittedText(text, maxBytes, characters)}</pre>`;
  return html`${textsBeforeSteps(call).map(section)}${unknown}${callSteps(call, maxBytes)}${textsAfterSteps(call).map(section)}`;
}
