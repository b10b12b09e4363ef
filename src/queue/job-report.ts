/** What an agent says while it runs, for its client on another host: the last word counts, and not every word is worth a message. */
import type { Pressure } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import type { CallActivity, CallSoFar } from '../core/progress.ts';
import type { JobNews } from '../wire/queue/queue-job.ts';

export const REPORT_MS = 1000;
/** Of pressures and warnings, the last so many: a message may be lost, and the next one says it again. */
const KEPT = 5;

export class JobReport {
  readonly #token: string;
  readonly #host: string;
  readonly #send: (news: JobNews) => Promise<void>;
  readonly #clock: Clock;
  #activity: CallActivity | undefined;
  #soFar: CallSoFar | undefined;
  #pressures: JobNews['pressures'] = [];
  #warnings: JobNews['warnings'] = [];
  #cancel: (() => void) | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isOver = false;

  constructor(token: string, host: string, send: (news: JobNews) => Promise<void>, clock: Clock) {
    this.#token = token;
    this.#host = host;
    this.#send = send;
    this.#clock = clock;
  }

  activity(activity: CallActivity, soFar: CallSoFar | undefined): void {
    this.#activity = activity;
    this.#soFar = soFar;
    this.#sendSoon();
  }

  pressed(pressure: Pressure): void {
    const number = (this.#pressures.at(-1)?.number ?? 0) + 1;
    this.#pressures = [...this.#pressures, { number, pressure }].slice(-KEPT);
    this.#sendSoon();
  }

  warn(text: string): void {
    const number = (this.#warnings.at(-1)?.number ?? 0) + 1;
    this.#warnings = [...this.#warnings, { number, text }].slice(-KEPT);
    this.#sendSoon();
  }

  end(): void {
    this.#isOver = true;
    this.#cancel?.();
  }

  #sendSoon(): void {
    if (this.#cancel !== undefined || this.#isOver) return;
    const waitMs = Math.max(0, this.#lastMs + REPORT_MS - this.#clock.monotonicMs());
    if (waitMs === 0) this.#sendNow();
    else
      this.#cancel = this.#clock.after(waitMs, () => {
        this.#cancel = undefined;
        this.#sendNow();
      });
  }

  #sendNow(): void {
    this.#lastMs = this.#clock.monotonicMs();
    const news = {
      token: this.#token,
      host: this.#host,
      activity: this.#activity,
      soFar: this.#soFar,
      pressures: this.#pressures,
      warnings: this.#warnings,
    };
    // The server is away, or the job somebody else's: what comes next says it again, or nobody wants it.
    this.#send(news).catch(() => {});
  }
}
