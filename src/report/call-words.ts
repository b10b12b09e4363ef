/** How one call is named and told of, wherever it is shown. */
import type { Usage } from '../core/outcome.ts';
import type { CallActivity, RunEvent, SettledEvent } from '../core/progress.ts';
import type { CallView, GroupView } from './progress/group-view.ts';
import { dollarsText, durationText, elapsedText, timeText, tokensText } from './text/figures.ts';
import { shortLine } from './text/safe-text.ts';

const LABEL_CHARACTERS = 120;
const MESSAGE_CHARACTERS = 500;
const HOST_CHARACTERS = 60;

/** What is told of an agent's own doing in one word or two. */
export function activityText({ is, since }: NonNullable<CallView['activity']>, now: number): string {
  return is.kind === 'retry'
    ? retryText(is, now - since)
    : is.kind === 'tool'
      ? shortLine(is.tool, 40)
      : 'writing';
}

function retryText(retry: Extract<CallActivity, { kind: 'retry' }>, waitedMs: number): string {
  const why = retry.status === null ? '' : `, HTTP ${retry.status}`;
  const leftMs = retry.delayMs - waitedMs;
  return leftMs > 0
    ? `retry ${retry.attempt} in ${elapsedText(leftMs + 999)}${why}`
    : `retry ${retry.attempt}${why}`;
}

/** `Find`, `▸ kid`, `▸ kid · Find`; nothing for the run's own calls outside any phase. */
export function groupTitle({ workflow, title }: Pick<GroupView, 'workflow' | 'title'>): string {
  const parts = [workflow === undefined ? [] : [`▸ ${workflow}`], title === undefined ? [] : [title]].flat();
  return shortLine(parts.join(' · '), LABEL_CHARACTERS);
}

/** `#12 find:api`, `#12 ▸ kid · find:api`: the number is what `andwait logs RUN CALL` takes. */
export function callName(id: number, label: string, workflow: string | undefined): string {
  const own = shortLine(label, LABEL_CHARACTERS);
  return workflow === undefined ? `#${id} ${own}` : `#${id} ▸ ${shortLine(workflow, 40)} · ${own}`;
}

/** `12s, 12.3k in 2.1k out, $0.0042, on build-3`: what is not known of a call that never ran is left out. */
export function figuresText({ durationMs, usage, costUsd, end, host }: SettledEvent): string {
  const tokens = usageText(usage);
  const priced = costUsd !== null || end === 'reply' || tokens !== '';
  return [durationText(durationMs), tokens, priced ? dollarsText(costUsd) : '', hostText(host)]
    .filter((part) => part !== '')
    .join(', ');
}

/** `12.3k in 2.1k out`; what came from the cache or went into it counts as read. */
export function usageText(usage: Usage): string {
  const { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens } = usage;
  const read = inputTokens + cacheReadTokens + cacheCreationTokens;
  return read + outputTokens === 0 ? '' : `${tokensText(read)} in ${tokensText(outputTokens)} out`;
}

/** `on build-3`; nothing for the run's own host. A host says its own name. */
export function hostText(host: string | undefined): string {
  return host === undefined ? '' : `on ${shortLine(host, HOST_CHARACTERS)}`;
}

/** `api-error: …`; an agent's or a server's words, so cut and made harmless. */
export function failureText({ end, summary }: Pick<SettledEvent, 'end' | 'summary'>): string {
  return summary === '' ? end : `${end}: ${shortLine(summary, MESSAGE_CHARACTERS)}`;
}

const HELD_BY = {
  person: 'by a person',
  quota: 'until the quota is there again',
  credentials: 'until key or login are mended',
  time: 'by its time limit',
} as const;

/** `by a person: nothing new starts`, `until the quota is there again, at 2026-11-22T16:41:00Z: …`. */
export function heldText({
  cause,
  resetAt,
}: Omit<Extract<RunEvent, { type: 'run_held' }>, 'type' | 'at'>): string {
  const reset = resetAt === null ? '' : `, at ${timeText(resetAt)}`;
  return `${HELD_BY[cause]}${reset}: nothing new starts`;
}
