/** What the worker of a call says while its agent runs, handed on once, in whichever order and how often it comes. */
import type { AgentWatch } from '../../core/ports.ts';
import { decodeNews } from '../../wire/queue/queue-job.ts';
import type { RemoteTranscript } from './remote-transcript.ts';

export class RemoteNews {
  readonly #watch: Pick<AgentWatch, 'placed' | 'activity' | 'pressed' | 'warn'>;
  readonly #transcript: RemoteTranscript;
  #host: string | undefined;
  /** Each host numbers from 1 what it says. */
  #numberedBy = '';
  #pressures = 0;
  #warnings = 0;
  #lastActivity = '';

  constructor(
    watch: Pick<AgentWatch, 'placed' | 'activity' | 'pressed' | 'warn'>,
    transcript: RemoteTranscript,
  ) {
    this.#watch = watch;
    this.#transcript = transcript;
  }

  /** That had the agent last. */
  get host(): string | undefined {
    return this.#host;
  }

  /** `token`: of the agent that is watched; another's words are not. */
  told(value: unknown, token: string): void {
    const news = decodeNews(value);
    if (news.kind === 'bad' || news.value.token !== token) return;
    const { host, activity, soFar, pressures, warnings, transcript } = news.value;
    if (host !== this.#host) {
      this.#host = host;
      this.#watch.placed?.(host);
    }
    if (host !== this.#numberedBy) {
      this.#numberedBy = host;
      this.#pressures = 0;
      this.#warnings = 0;
    }
    if (transcript !== undefined) this.#transcript.add(host, token, transcript);
    for (const { number, pressure } of pressures) {
      if (number <= this.#pressures) continue;
      this.#pressures = number;
      this.#watch.pressed(pressure);
    }
    for (const { number, text } of warnings) {
      if (number <= this.#warnings) continue;
      this.#warnings = number;
      this.#watch.warn(text);
    }
    const seen = JSON.stringify([activity, soFar]);
    if (activity === undefined || seen === this.#lastActivity) return;
    this.#lastActivity = seen;
    this.#watch.activity(activity, soFar);
  }

  /** What was said before we watched concerned somebody else: who knows how long ago. */
  takenOver(value: unknown, token: string): void {
    const news = decodeNews(value);
    if (news.kind === 'bad' || news.value.token !== token) return;
    this.#numberedBy = news.value.host;
    this.#pressures = news.value.pressures.at(-1)?.number ?? 0;
    this.#warnings = news.value.warnings.at(-1)?.number ?? 0;
  }
}
