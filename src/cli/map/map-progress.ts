/**
 * What a person sees of a map while it runs: failures as lines, and on a terminal how far it is. Unlike a workflow's
 * progress it keeps no call in memory, for there may be a million.
 */
import type { Writable } from 'node:stream';
import type { Clock } from '../../core/ports.ts';
import { isFailureEnd, type RunEvent } from '../../core/progress.ts';
import { settledLine } from '../../report/call-lines.ts';
import { heldText } from '../../report/call-words.ts';
import { RunFindings } from '../../report/progress/run-findings.ts';
import { ScreenRegion } from '../../report/progress/screen-region.ts';
import { labelled } from '../../report/text/labelled-lines.ts';
import { safeLine, safeLines, shortLine } from '../../report/text/safe-text.ts';
import { type ItemCounts, NO_ITEMS } from '../../workflow/map/item-counts.ts';
import { barLine, type MapPosition, statusText } from './map-bar.ts';

export interface MapProgressOptions {
  readonly out: Writable & { readonly columns?: number; readonly rows?: number };
  readonly clock: Clock;
  readonly quiet: boolean;
  /** A line at the foot of the screen; `undefined` where there is no screen, or none is wanted. */
  readonly bar: { readonly bar: boolean; readonly eta: boolean } | undefined;
  readonly inputBytes: number | undefined;
}

/** Of more, the rest is counted: a program that fails a million times says so at once. */
const FAILURES_TOLD = 100;
/** Kinds of failure kept for the summary. */
const KINDS_KEPT = 1000;
const FRAME_MS = 200;
/** CI services end jobs that say nothing. */
const SILENCE_MS = 60_000;

export class MapProgress {
  readonly findings = new RunFindings();
  readonly #options: MapProgressOptions;
  readonly #region = new ScreenRegion();
  readonly #beganMs: number;
  #counts: ItemCounts = NO_ITEMS;
  /** As many as run at once. */
  readonly #running = new Set<number>();
  #costUsd = 0;
  #failuresTold = 0;
  #takenBytes = 0;
  #hasInputEnded = false;
  #cancel = (): void => {};
  #ended = false;

  constructor(options: MapProgressOptions) {
    this.#options = options;
    this.#beganMs = options.clock.monotonicMs();
    this.#schedule();
  }

  event(event: RunEvent): void {
    if (event.type === 'call_started') this.#running.add(event.call);
    else if (event.type === 'call_settled') this.#settled(event);
    else if (event.type === 'call_refused') this.findings.addRefusal(event);
    this.#tell(this.#linesOf(event));
  }

  /** Failures aside, whose number is bounded. */
  #linesOf(event: RunEvent): string[] {
    switch (event.type) {
      case 'run_started': {
        const { name, runId, agent } = event;
        return labelled('run', [`${shortLine(name, 120)} ${safeLine(runId)}, agents: ${safeLine(agent)}`]);
      }
      case 'log':
        return labelled('log', safeLines(event.text));
      case 'run_held':
        return labelled('held', [heldText(event)]);
      case 'run_released':
        return labelled('goes on', ['new agents start again']);
      case 'call_refused': {
        // A map ends by its first refusal; those that were on their way are refused with the same words.
        if (this.findings.refusals.get(event.cap)?.count !== 1) return [];
        return labelled('refused', [`${shortLine(event.label, 120)}: ${safeLine(event.message)}`]);
      }
      default:
        return [];
    }
  }

  counted(counts: ItemCounts): void {
    this.#counts = counts;
  }

  taken(bytes: number): void {
    this.#takenBytes = bytes;
  }

  inputEnded(): void {
    this.#hasInputEnded = true;
  }

  /** An item that cannot be asked. */
  unfit(message: string): void {
    this.#failed([safeLine(message)]);
  }

  note(line: string): void {
    this.#tell([line]);
  }

  /** Around what is written to a stdout on the same screen. */
  clear(): void {
    if (this.#options.bar !== undefined && !this.#ended) this.#draw([], []);
  }

  end(): void {
    if (this.#ended) return;
    this.clear();
    this.#ended = true;
    this.#cancel();
  }

  #settled(event: Extract<RunEvent, { type: 'call_settled' }>): void {
    const { end, replayed, costUsd } = event;
    this.#running.delete(event.call);
    if (!replayed) this.#costUsd += costUsd ?? 0;
    const known = this.findings.failureKinds < KINDS_KEPT;
    this.findings.addSettled(known || end === 'reply' ? event : { ...event, summary: 'other messages' });
    if (isFailureEnd(end)) this.#failed([settledLine(event, undefined)]);
  }

  #failed(lines: readonly string[]): void {
    this.#failuresTold += 1;
    if (this.#failuresTold <= FAILURES_TOLD) this.#tell(labelled('failed', lines));
    if (this.#failuresTold === FAILURES_TOLD) {
      this.#tell(labelled('failed', ['further failures are counted, and told in the output alone']));
    }
  }

  #tell(lines: readonly string[]): void {
    const { quiet, bar, out } = this.#options;
    if (quiet || this.#ended || lines.length === 0) return;
    if (bar === undefined) {
      out.write(`${lines.join('\n')}\n`);
      this.#schedule();
    } else this.#draw(lines, [this.#line()]);
  }

  #schedule(): void {
    const { quiet, bar, clock } = this.#options;
    this.#cancel();
    if (quiet || this.#ended) return;
    this.#cancel = clock.after(bar === undefined ? SILENCE_MS : FRAME_MS, () => {
      if (bar === undefined) return this.#tell(labelled('waiting', [statusText(this.#position())]));
      if (!this.#options.out.writableNeedDrain) this.#draw([], [this.#line()]);
      this.#schedule();
    });
  }

  #draw(above: readonly string[], frame: readonly string[]): void {
    const { columns, rows } = this.#options.out;
    const written = this.#region.draw(above, frame, { columns: columns || 80, rows: rows || 24 });
    if (written !== '') this.#options.out.write(written);
  }

  #line(): string {
    const { bar = { bar: false, eta: false }, out } = this.#options;
    return barLine(this.#position(), { ...bar, columns: (out.columns || 80) - 1 });
  }

  #position(): MapPosition {
    return {
      counts: this.#counts,
      running: this.#running.size,
      costUsd: this.#costUsd,
      elapsedMs: this.#options.clock.monotonicMs() - this.#beganMs,
      takenBytes: this.#takenBytes,
      inputBytes: this.#options.inputBytes,
      hasInputEnded: this.#hasInputEnded,
    };
  }
}
