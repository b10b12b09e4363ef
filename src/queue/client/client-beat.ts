/** A run's word that somebody waits for its agents: said again and again while its client lives, for hosts to know of those that died. */
import type { Clock } from '../../core/ports.ts';
import type { QueueNotes } from '../queue-notes.ts';

export const BEAT_MS = 60_000;
/** After a server that was away. */
const AGAIN_MS = 1000;

/** What its client said last. */
export interface Beat {
  /** Milliseconds since the epoch, by the client's clock: two hosts' clocks may differ. */
  readonly at: number;
  readonly count: number;
}

export class ClientBeat {
  readonly #notes: QueueNotes;
  readonly #name: string;
  readonly #clock: Clock;
  #count = 0;
  #saidMs = Number.NEGATIVE_INFINITY;
  #first: Promise<void> | undefined;
  #cancel = (): void => {};
  #isOver = false;

  constructor(notes: QueueNotes, runId: string, clock: Clock) {
    this.#notes = notes;
    this.#name = beatNameOf(runId);
    this.#clock = clock;
  }

  /** Resolves when it has been said once, or could not be: then it is tried again. */
  begin(): Promise<void> {
    this.#first ??= this.#beat();
    return this.#first;
  }

  /** The server has lost what it had, perhaps this too. */
  async again(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#saidMs >= AGAIN_MS) await this.#beat();
  }

  /** Nobody waits any more. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#cancel();
    if (this.#first !== undefined) await this.#notes.forget(this.#name).catch(() => {});
  }

  async #beat(): Promise<void> {
    this.#count += 1;
    this.#saidMs = this.#clock.monotonicMs();
    const beat: Beat = { at: this.#clock.now(), count: this.#count };
    const isSaid = await this.#notes.note(this.#name, beat).then(
      () => true,
      () => false,
    );
    this.#cancel();
    if (this.#isOver) return;
    this.#cancel = this.#clock.after(isSaid ? BEAT_MS : AGAIN_MS, () => void this.#beat());
  }
}

export function beatNameOf(runId: string): string {
  return `client-${runId}`;
}
