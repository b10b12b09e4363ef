/** Progress for a person at a terminal: a tree of phases and agents, redrawn in place, with what must not be missed scrolling above it. */
import type { Writable } from 'node:stream';
import type { Clock } from '../../core/ports.ts';
import type { RunEvent } from '../../core/progress.ts';
import { settledLine } from '../call-lines.ts';
import { safeLine, safeLines, shortLine } from '../text/safe-text.ts';
import { stateAfter } from './group-view.ts';
import type { ProgressSink } from './progress-sink.ts';
import { RunView } from './run-view.ts';
import { ScreenRegion, type TerminalSize } from './screen-region.ts';
import { type Paint, paintFor } from './style.ts';
import { layOut } from './tree-layout.ts';
import { type TreeSurroundings, treeLine } from './tree-lines.ts';

export interface LiveTreeOptions {
  readonly out: Writable;
  /** Asked before every frame, so that a resize needs no notice. */
  readonly size: () => TerminalSize;
  readonly clock: Clock;
  readonly colour: boolean;
  /** What is drawn instead of the tree alone, in at most so many rows. */
  readonly frame?: (around: TreeSurroundings, rows: number) => readonly string[];
}

const FRAME_MS = 100;
/** Between events only elapsed times change. */
const IDLE_FRAME_MS = 1000;

export class LiveTree implements ProgressSink {
  readonly view = new RunView();
  readonly #options: LiveTreeOptions;
  readonly #paint: Paint;
  readonly #region = new ScreenRegion();
  #above: string[] = [];
  #drawnAt = Number.NEGATIVE_INFINITY;
  #next: { readonly at: number; readonly cancel: () => void } | undefined;
  #ended = false;

  constructor(options: LiveTreeOptions) {
    this.#options = options;
    this.#paint = paintFor(options.colour);
  }

  event(event: RunEvent): void {
    if (this.#ended) return;
    this.view.apply(event);
    // A log text may have more lines than a call takes arguments.
    for (const line of this.#linesAbove(event)) this.#above.push(line);
    this.#drawBy(FRAME_MS);
  }

  note(line: string): void {
    if (this.#ended) return;
    this.#above.push(line);
    this.#drawBy(FRAME_MS);
  }

  /** What is drawn has changed by other things than events. */
  refresh(): void {
    if (!this.#ended) this.#drawBy(FRAME_MS);
  }

  /** The last tree stays. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#next?.cancel();
    this.#draw();
  }

  /** Puts the next frame `ms` after the last one, unless it comes sooner anyway. */
  #drawBy(ms: number): void {
    const at = this.#drawnAt + ms;
    if (this.#next !== undefined && this.#next.at <= at) return;
    this.#next?.cancel();
    const waitMs = Math.max(0, at - this.#options.clock.monotonicMs());
    this.#next = { at, cancel: this.#options.clock.after(waitMs, () => this.#tick()) };
  }

  #tick(): void {
    this.#next = undefined;
    // A terminal that cannot keep up gets fewer frames, not a queue of old ones.
    if (this.#options.out.writableNeedDrain) this.#drawnAt = this.#options.clock.monotonicMs();
    else this.#draw();
    this.#drawBy(this.#above.length > 0 ? FRAME_MS : IDLE_FRAME_MS);
  }

  #draw(): void {
    const { out, clock } = this.#options;
    this.#drawnAt = clock.monotonicMs();
    const size = realSize(this.#options.size());
    const around = { view: this.view, now: clock.now(), columns: size.columns - 1, paint: this.#paint };
    const { frame: drawn = treeFrame } = this.#options;
    const frame = drawn(around, size.rows - 1);
    const written = this.#region.draw(this.#above, frame, size);
    this.#above = [];
    if (written !== '') out.write(written);
  }

  #linesAbove(event: RunEvent): string[] {
    switch (event.type) {
      case 'log':
        return event.call !== undefined ? [] : indented(safeLines(event.text));
      case 'call_settled': {
        const workflow = this.view.calls.get(event.call)?.group.workflow;
        if (stateAfter(event) !== 'failed') return [];
        return [`${this.#paint('bad', '✗')} ${settledLine(event, workflow)}`];
      }
      case 'call_refused': {
        const first = this.view.findings.refusals.get(event.cap)?.count === 1;
        if (!first) return [];
        return [`${this.#paint('warn', '!')} ${shortLine(event.label, 120)}: ${safeLine(event.message)}`];
      }
      default:
        return [];
    }
  }
}

/** The tree alone. */
export function treeFrame(around: TreeSurroundings, rows: number): string[] {
  return layOut(around.view, rows).map((row) => treeLine(row, around));
}

/** A pseudo-terminal nobody has sized says 0 by 0. */
function realSize({ rows, columns }: TerminalSize): TerminalSize {
  return rows > 0 && columns > 0 ? { rows, columns } : { rows: 24, columns: 80 };
}

/** Later lines of one log text stand under its first: none of them can pose as a line of ours. */
function indented([first = '', ...rest]: readonly string[]): string[] {
  return [first, ...rest.map((line) => `  ${line}`)];
}
