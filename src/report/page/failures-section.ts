/** What went wrong, first of all: a thousand failed calls are a handful of messages. */

import type { FailureGroup } from '../progress/run-findings.ts';
import { countText, timesText } from '../text/figures.ts';
import { safeLines, shortLine } from '../text/safe-text.ts';
import { toolCountsText } from '../transcript/tool-counts.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageRun } from './page-run.ts';

const GROUPS_SHOWN = 30;
const WORKTREES_SHOWN = 50;
const MESSAGE_CHARACTERS = 600;

/** Of the last attempt: what failed before was asked again. */
export function failuresSection(run: PageRun): Html {
  const findings = run.attempts.at(-1)?.calls.findings;
  if (findings === undefined) return NOTHING;
  const groups = [...findings.failures].sort((a, b) => b.count - a.count);
  const denied = toolCountsText(findings.deniedTools);
  const refusals = [...findings.refusals];
  if (groups.length === 0 && denied === '' && refusals.length === 0 && findings.worktrees.length === 0)
    return NOTHING;
  const hidden = groups.slice(GROUPS_SHOWN).reduce((sum, { count }) => sum + count, 0);
  return html`<section aria-labelledby="wrong"><h2 id="wrong">What wants looking at</h2>
<ul class="findings">
${groups.slice(0, GROUPS_SHOWN).map(groupEntry)}${
  hidden === 0 ? NOTHING : html`<li>${countText(hidden, 'more failed call')} with other messages, below</li>`
}${refusals.map(
  ([cap, { message, count }]) =>
    html`<li class="warn"><b>refused</b> <span>by the ${cap} cap (${count}): ${shortLine(message, 300)}</span></li>`,
)}${denied === '' ? NOTHING : html`<li class="warn"><b>denied</b> <span>${shortLine(denied, 1_000)}</span></li>`}${worktrees(run)}
</ul></section>
`;
}

function groupEntry({ reason, message, count, firstCalls }: FailureGroup): Html {
  const links = firstCalls.map(
    ({ id, label }, at) =>
      html`${at === 0 ? '' : ', '}<a href="#c${id}">#${id} <bdi>${shortLine(label, 60)}</bdi></a>`,
  );
  return html`<li class="bad"><b>${count === 1 ? '' : `${timesText(count)} `}${reason}</b> <span dir="auto">${shortLine(message, MESSAGE_CHARACTERS)}</span><small>${links}${count > firstCalls.length ? ', …' : ''}</small></li>
`;
}

function worktrees(run: PageRun): Html[] {
  const kept = run.attempts.at(-1)?.calls.findings.worktrees ?? [];
  const shown = kept.slice(0, WORKTREES_SHOWN).map(({ path, branch, diffStat, call }) => {
    const total = safeLines(diffStat).at(-1)?.trim() ?? '';
    return html`<li class="plain"><b>kept edits</b> <span>${shortLine(path, 300)} (branch ${shortLine(branch, 100)})${total === '' ? '' : `: ${shortLine(total, 100)}`}</span><small><a href="#c${call}">#${call}</a></small></li>`;
  });
  const hidden = kept.length - shown.length;
  return hidden <= 0 ? shown : [...shown, html`<li>${countText(hidden, 'more kept worktree')}</li>`];
}
