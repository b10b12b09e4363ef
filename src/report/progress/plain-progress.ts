/**
 * Progress for a log that nobody looks at while it grows: one line per ended call, none for those that wait or begin,
 * and a sign of life when agents work on in silence, because CI services end jobs that say nothing.
 */
import type { Writable } from 'node:stream';
import type { Clock } from '../../core/ports.ts';
import type { RunEvent, SettledEvent } from '../../core/progress.ts';
import { settledLine } from '../call-lines.ts';
import { activityText, callName, groupTitle, heldText } from '../call-words.ts';
import { elapsedText, wholeText } from '../text/figures.ts';
import { labelled } from '../text/labelled-lines.ts';
import { safeLine, safeLines, shortLine } from '../text/safe-text.ts';
import { type CallView, stateAfter } from './group-view.ts';
import type { ProgressSink } from './progress-sink.ts';
import { RunView } from './run-view.ts';

export interface PlainProgressOptions {
  readonly out: Writable;
  readonly clock: Clock;
  /** After so long without a line, one tells what is under way; `null`: never. */
  readonly silenceMs?: number | null;
}

const SILENCE_MS = 60_000;

export function plainProgress({ out, clock, silenceMs = SILENCE_MS }: PlainProgressOptions): ProgressSink {
  const view = new RunView();
  const words = new PlainWords(view);
  let ended = false;
  let cancelTimer = (): void => undefined;

  const write = (lines: readonly string[]): void => {
    if (lines.length === 0 || ended) return;
    out.write(`${lines.join('\n')}\n`);
    cancelTimer();
    if (silenceMs === null) return;
    cancelTimer = clock.after(silenceMs, () => write(words.underWay(clock.now())));
  };

  return {
    view,
    event(event) {
      if (ended) return;
      view.apply(event);
      write(words.of(event));
    },
    note: (line) => write([line]),
    end() {
      ended = true;
      cancelTimer();
    },
  };
}

/** What each event is worth in such a log. Every line begins with its kind, so that grep finds it. */
class PlainWords {
  readonly #view: RunView;

  constructor(view: RunView) {
    this.#view = view;
  }

  of(event: RunEvent): string[] {
    switch (event.type) {
      case 'run_started': {
        const { name, runId, agent } = event;
        return labelled('run', [`${safeLine(name)} ${safeLine(runId)}, agents: ${safeLine(agent)}`]);
      }
      case 'phase':
        return labelled('phase', [groupTitle(event)]);
      case 'log':
        return event.call !== undefined ? [] : labelled('log', safeLines(event.text));
      case 'call_settled':
        return this.#settled(event);
      case 'call_put_back':
        return labelled('again', [`${shortLine(event.label, 120)}: ${safeLine(event.summary)}`]);
      case 'call_refused':
        return this.#refused(event);
      case 'run_held':
        return labelled('held', [heldText(event)]);
      case 'run_released':
        return labelled('goes on', ['new agents start again']);
      case 'call_queued':
      case 'call_started':
      case 'call_placed':
      case 'call_activity':
      case 'result':
        return [];
    }
  }

  /** `3 running, 12 queued, 45 done after 2m 00s; longest: …`. */
  underWay(now: number): string[] {
    const { counts, started } = this.#view;
    const told = (['running', 'queued', 'done', 'replayed', 'failed', 'stopped'] as const)
      .filter((state) => counts[state] > 0)
      .map((state) => `${wholeText(counts[state])} ${state}`);
    const after = started === undefined ? '' : ` after ${elapsedText(now - started.at)}`;
    const longest = longestRunning(this.#view);
    const detail = longest === undefined ? '' : `; longest: ${runningText(longest, now)}`;
    return labelled('waiting', [`${told.join(', ') || 'no agent yet'}${after}${detail}`]);
  }

  /** Of a thousand calls that waited when their run was ended, the summary's count says as much as a thousand lines. */
  #settled(event: SettledEvent): string[] {
    const call = this.#view.calls.get(event.call);
    const neverRan = call?.startedAt === undefined && event.durationMs === 0;
    if (event.end === 'stopped' && neverRan) return [];
    const workflow = call?.group.workflow;
    return labelled(stateAfter(event), [settledLine(event, workflow)]);
  }

  /** A script that goes on asking after a cap is refused each time with the same words: once is enough. */
  #refused({ label, cap, message }: Extract<RunEvent, { type: 'call_refused' }>): string[] {
    const first = this.#view.findings.refusals.get(cap)?.count === 1;
    return first ? labelled('refused', [`${shortLine(label, 120)}: ${safeLine(message)}`]) : [];
  }
}

/** Calls of a group start in the order they stand in, so the first of each group is its oldest. */
function longestRunning(view: RunView): CallView | undefined {
  let longest: CallView | undefined;
  for (const { running } of view.active) {
    const [oldest] = running.values();
    if (oldest !== undefined && startOf(oldest) < startOf(longest)) longest = oldest;
  }
  return longest;
}

function startOf(call: CallView | undefined): number {
  return call?.startedAt ?? Number.POSITIVE_INFINITY;
}

function runningText(call: CallView, now: number): string {
  const elapsed = elapsedText(now - (call.startedAt ?? now));
  const activity = call.activity === undefined ? '' : `, ${activityText(call.activity, now)}`;
  return `${callName(call.id, call.label, call.group.workflow)}, ${elapsed}${activity}`;
}
