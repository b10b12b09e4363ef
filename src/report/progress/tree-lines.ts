/** The words of each row of the tree, fitted to the width of the screen: the label gives way last, figures drop off from the end. */
import {
  activityText,
  failureText,
  figuresText,
  groupTitle,
  heldText,
  hostText,
  usageText,
} from '../call-words.ts';
import { countText, dollarsText, durationText, elapsedText, wholeText } from '../text/figures.ts';
import { shortLine } from '../text/safe-text.ts';
import { displayWidth, fitted } from '../text/text-width.ts';
import type { CallState, CallView, GroupView, StateCounts } from './group-view.ts';
import type { RunView } from './run-view.ts';
import type { Paint, Style } from './style.ts';
import type { TreeRow } from './tree-layout.ts';

export interface TreeSurroundings {
  readonly view: RunView;
  /** Milliseconds since the epoch, like the times of events. */
  readonly now: number;
  readonly columns: number;
  readonly paint: Paint;
  /** The call a person has chosen. */
  readonly chosen?: number | undefined;
}

interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
  /** Worth showing in part. */
  readonly mayBeCut?: boolean;
}

interface Mark {
  readonly sign: string;
  readonly style: Style;
}

export function treeLine(row: TreeRow, around: TreeSurroundings): string {
  switch (row.kind) {
    case 'run':
      return runLine(around);
    case 'group':
      return groupLine(row.group, around);
    case 'call':
      return callLine(row.call, row.depth, around);
    case 'hidden-groups':
      return composed('  ', `… ${countText(row.count, 'more phase')}`, 'quiet', [], around);
  }
}

function runLine(around: TreeSurroundings): string {
  const { view, now } = around;
  const elapsed = view.result
    ? durationText(view.result.durationMs)
    : elapsedText(now - (view.started?.at ?? now));
  const cost = view.costUsd === 0 ? '' : dollarsText(view.costUsd);
  const held = view.held === undefined || view.result ? '' : `held ${heldText(view.held)}`;
  const spans: Span[] = [
    { text: elapsed },
    { text: held, style: 'warn' },
    ...countSpans(view.counts),
    { text: cost },
    { text: usageText(view.usage) },
  ];
  return composed('', shortLine(view.started?.name ?? 'run', 120), 'title', spans, around);
}

function groupLine(group: GroupView, around: TreeSurroundings): string {
  const mark = groupMark(group);
  const head = `  ${around.paint(mark.style, mark.sign)} `;
  const labelStyle = group.begun ? undefined : 'quiet';
  return composed(head, groupTitle(group), labelStyle, countSpans(group.counts), around);
}

function groupMark({ counts, begun }: GroupView): Mark {
  if (counts.running + counts.queued > 0) return CALL_MARKS.running;
  if (counts.failed > 0) return counts.done + counts.replayed > 0 ? PARTLY_FAILED : CALL_MARKS.failed;
  return begun ? CALL_MARKS.done : CALL_MARKS.queued;
}

const CALL_MARKS: Readonly<Record<CallState, Mark>> = {
  queued: { sign: '·', style: 'quiet' },
  running: { sign: '›', style: 'busy' },
  done: { sign: '✓', style: 'good' },
  failed: { sign: '✗', style: 'bad' },
  stopped: { sign: '■', style: 'warn' },
  replayed: { sign: '↺', style: 'good' },
};

const PARTLY_FAILED: Mark = { sign: '!', style: 'warn' };

const COUNT_STYLES = {
  running: 'busy',
  done: 'good',
  failed: 'bad',
  queued: 'quiet',
  replayed: 'good',
  stopped: 'warn',
} as const satisfies Record<CallState, Style>;
const COUNTED = ['running', 'done', 'failed', 'queued', 'replayed', 'stopped'] as const;

function countSpans(counts: StateCounts): Span[] {
  return COUNTED.filter((state) => counts[state] > 0).map((state) => ({
    text: `${wholeText(counts[state])} ${state}`,
    style: COUNT_STYLES[state],
  }));
}

function callLine(call: CallView, depth: 1 | 2, around: TreeSurroundings): string {
  const mark = CALL_MARKS[call.state];
  const isChosen = call.id === around.chosen;
  const indent = isChosen ? `${'  '.repeat(depth - 1)}> ` : '  '.repeat(depth);
  const head = `${indent}${around.paint(mark.style, mark.sign)} `;
  return composed(
    head,
    `#${call.id} ${shortLine(call.label, 200)}`,
    isChosen ? 'title' : undefined,
    callSpans(call, around.now),
    around,
  );
}

function callSpans(
  { state, startedAt, activity, soFar, host, model, settled }: CallView,
  now: number,
): Span[] {
  if (settled === undefined) {
    if (state !== 'running') return [{ text: state, style: 'quiet' }];
    return [
      { text: elapsedText(now - (startedAt ?? now)), style: 'busy' },
      { text: activity === undefined ? '' : activityText(activity, now), mayBeCut: true },
      { text: soFar === undefined ? '' : usageText(soFar.usage), style: 'quiet' },
      { text: hostText(host), style: 'quiet', mayBeCut: true },
      { text: shortLine(soFar?.model ?? model ?? '', 60), style: 'quiet', mayBeCut: true },
    ];
  }
  if (settled.replayed) return [{ text: 'replayed', style: 'quiet' }];
  if (settled.end === 'reply') return [{ text: figuresText(settled), style: 'quiet' }];
  return [
    { text: hostText(settled.host), style: 'quiet', mayBeCut: true },
    { text: failureText(settled), style: 'bad', mayBeCut: true },
  ];
}

/** So much of a label stays whatever else there is to say. */
const LABEL_COLUMNS = 24;
/** Less than this of a text tells nothing. */
const CUT_COLUMNS = 8;

/** `head` and `label`, then two spaces and as many spans as fit, with dots between. */
function composed(
  head: string,
  label: string,
  labelStyle: Style | undefined,
  spans: readonly Span[],
  { columns, paint }: TreeSurroundings,
): string {
  const room = columns - displayWidth(head);
  const ownColumns = Math.min(displayWidth(label), LABEL_COLUMNS);
  let left = room - ownColumns;
  let tail = '';
  for (const { text, style, mayBeCut } of spans) {
    if (text === '') continue;
    const separator = tail === '' ? '  ' : ' · ';
    const fits = left - separator.length;
    if (displayWidth(text) > fits && (mayBeCut !== true || fits < CUT_COLUMNS)) break;
    const shown = fitted(text, fits);
    tail += separator + (style === undefined ? shown : paint(style, shown));
    left = fits - displayWidth(shown);
  }
  const shownLabel = fitted(label, Math.min(room, ownColumns + Math.max(0, left)));
  return head + (labelStyle === undefined ? shownLabel : paint(labelStyle, shownLabel)) + tail;
}
