/** What an agent says while it runs, for its client on another host: the last word counts, and not every word is worth a message. */
import type { Pressure } from '../../core/outcome.ts';
import type { Clock } from '../../core/ports.ts';
import type { CallActivity, CallSoFar } from '../../core/progress.ts';
import type { JobNews } from '../../wire/queue/queue-job.ts';
import type { TranscriptNews } from '../../wire/queue/transcript-news.ts';

export const REPORT_MS = 1000;
/** Of pressures and warnings, the last so many: a message may be lost, and the next one says it again. */
const KEPT = 5;

/** The transcript of one agent, while it grows. Contract: never throws. */
export interface GrowingTranscript {
  /** The newest of what stands behind the agent's first `from` bytes, within `MOST_NEWS_BYTES`. */
  since(from: number): TranscriptNews;
}

export class JobReport {
  readonly #token: string;
  readonly #host: string;
  readonly #send: (news: JobNews) => Promise<void>;
  readonly #clock: Clock;
  #activity: CallActivity | undefined;
  #soFar: CallSoFar | undefined;
  #pressures: JobNews['pressures'] = [];
  #warnings: JobNews['warnings'] = [];
  #transcript: GrowingTranscript | undefined;
  /** Bytes of it that the server has. */
  #told = 0;
  #cancel: (() => void) | undefined;
  #cancelLook = (): void => {};
  #lastMs = Number.NEGATIVE_INFINITY;
  #isSending = false;
  #isDue = false;
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

  /** Tells at once where it lies, and then what is written there, as it comes. */
  follow(transcript: GrowingTranscript): void {
    this.#transcript = transcript;
    this.#told = 0;
    this.#sendSoon();
    this.#lookLater();
  }

  /** What the server may not have been told of the transcript. */
  rest(): TranscriptNews | undefined {
    return this.#transcript?.since(this.#told);
  }

  /** Nothing is said after it. */
  lastWarning(text: string): void {
    this.warn(text);
    this.end();
    this.#isDue = true;
    if (!this.#isSending) this.#sendNow();
  }

  end(): void {
    this.#isOver = true;
    this.#cancel?.();
    this.#cancelLook();
  }

  #lookLater(): void {
    this.#cancelLook();
    if (this.#isOver) return;
    this.#cancelLook = this.#clock.after(REPORT_MS, () => {
      if ((this.rest()?.end ?? 0) > this.#told) this.#sendSoon();
      this.#lookLater();
    });
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

  /** One at a time: a server that is away for a while is then told once, of what is so by then. */
  #sendNow(): void {
    if (this.#isSending) {
      this.#isDue = true;
      return;
    }
    this.#lastMs = this.#clock.monotonicMs();
    const transcript = this.rest();
    const news = {
      token: this.#token,
      host: this.#host,
      activity: this.#activity,
      soFar: this.#soFar,
      pressures: this.#pressures,
      warnings: this.#warnings,
      transcript,
    };
    this.#isSending = true;
    this.#send(news)
      .then(() => {
        this.#told = transcript?.end ?? this.#told;
      })
      // The server is away, or the job somebody else's: what comes next says it again, or nobody wants it.
      .catch(() => {})
      .finally(() => {
        this.#isSending = false;
        const isDue = this.#isDue;
        this.#isDue = false;
        if (isDue && this.#isOver) this.#sendNow();
        else if (isDue) this.#sendSoon();
      });
  }
}
