/**
 * Whether somebody still waits for the agents of a run: of a client that died, what it left waiting would be paid for by
 * nobody's wish. Clocks of hosts differ, so a client is only taken for gone after its word did not change before our eyes.
 */
import type { Clock } from '../../core/ports.ts';
import { elapsedOr } from '../../wire/waiting.ts';
import { BEAT_MS, type Beat, beatNameOf } from '../client/client-beat.ts';
import type { QueueNotes } from '../queue-notes.ts';

/** So long may nothing be heard of a client: its host may sleep, or be cut off. */
export const GONE_MS = 10 * 60_000;
/** A word from further ahead comes from a clock that cannot be gone by. */
const AHEAD_MS = BEAT_MS;
/** A client that lives has said another word by then. */
const WATCHED_MS = 1.5 * BEAT_MS;
const LOOK_MS = 1000;
/** A worker may live for months. */
const MOST_KNOWN = 10_000;

interface Known {
  /** Its last word, as text. */
  readonly word: string | undefined;
  /** When that was new, by our own clock; `undefined`: it is gone. */
  readonly heardMs: number | undefined;
}

export class ClientWatch {
  readonly #notes: QueueNotes;
  readonly #clock: Clock;
  readonly #closing: AbortSignal;
  readonly #known = new Map<string, Known>();
  /** One for all jobs of a run. */
  readonly #watched = new Map<string, Promise<boolean>>();

  /** `closing`: nobody wants to know any more. */
  constructor(notes: QueueNotes, clock: Clock, closing: AbortSignal) {
    this.#notes = notes;
    this.#clock = clock;
    this.#closing = closing;
  }

  /** `false`: nothing was heard of it for ten minutes. May take a minute and a half to say; then `true` where it was not waited for. Never rejects. */
  async isThere(runId: string): Promise<boolean> {
    const { heardMs = Number.NEGATIVE_INFINITY } = this.#known.get(runId) ?? {};
    if (this.#clock.monotonicMs() - heardMs < BEAT_MS) return true;
    const beat = await this.#beatOf(runId);
    if (beat === 'unknown') return true;
    const word = wordOf(beat);
    const known = this.#known.get(runId);
    const now = this.#clock.monotonicMs();
    if (known !== undefined && known.word !== word && beat !== undefined) return this.#heard(runId, word);
    if (known?.heardMs !== undefined && now - known.heardMs < GONE_MS) return true;
    if (known !== undefined && known.word === word && known.heardMs === undefined) return false;
    const ageMs = beat === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() - beat.at;
    if (ageMs > -AHEAD_MS && ageMs < GONE_MS) {
      this.#learn(runId, { word, heardMs: now - Math.max(0, ageMs) });
      return true;
    }
    return await this.#watch(runId, word);
  }

  async #watch(runId: string, word: string | undefined): Promise<boolean> {
    const watched = this.#watched.get(runId) ?? this.#changes(runId, word);
    this.#watched.set(runId, watched);
    try {
      return await watched;
    } finally {
      this.#watched.delete(runId);
    }
  }

  async #changes(runId: string, word: string | undefined): Promise<boolean> {
    let since = this.#clock.monotonicMs();
    while (this.#clock.monotonicMs() - since < WATCHED_MS) {
      await elapsedOr(this.#clock, LOOK_MS, this.#closing);
      if (this.#closing.aborted) return true;
      const beat = await this.#beatOf(runId);
      // Nor could its client say anything meanwhile.
      if (beat === 'unknown') since = this.#clock.monotonicMs();
      else if (beat !== undefined && wordOf(beat) !== word) return this.#heard(runId, wordOf(beat));
    }
    this.#learn(runId, { word, heardMs: undefined });
    return false;
  }

  #heard(runId: string, word: string | undefined): true {
    this.#learn(runId, { word, heardMs: this.#clock.monotonicMs() });
    return true;
  }

  /** The run that was learnt of longest ago is forgotten, and would be watched for anew. */
  #learn(runId: string, known: Known): void {
    this.#known.delete(runId);
    this.#known.set(runId, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }

  /** `unknown`: the server is away. */
  async #beatOf(runId: string): Promise<Beat | undefined | 'unknown'> {
    try {
      return beatIn(await this.#notes.noted(beatNameOf(runId)));
    } catch {
      return 'unknown';
    }
  }
}

function wordOf(beat: Beat | undefined): string | undefined {
  return beat === undefined ? undefined : JSON.stringify([beat.at, beat.count]);
}

/** Whoever reaches the server could have written it. */
function beatIn(value: unknown): Beat | undefined {
  const { at, count } = (value ?? {}) as { readonly at?: unknown; readonly count?: unknown };
  return typeof at === 'number' && typeof count === 'number' ? { at, count } : undefined;
}
