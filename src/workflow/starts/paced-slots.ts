/** A pool whose agents start at least so long after each other: `--delay SECONDS`. What is answered from the journal does not wait. */
import type { CallRequest } from '../../core/call.ts';
import type { Admission, Clock, SlotSource } from '../../core/ports.ts';

export class PacedSlots implements SlotSource {
  readonly #inner: SlotSource;
  readonly #clock: Clock;
  readonly #delayMs: number;
  /** When the next agent may start. */
  #openAt = Number.NEGATIVE_INFINITY;

  constructor(inner: SlotSource, clock: Clock, delayMs: number) {
    this.#inner = inner;
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  async request(request: CallRequest): Promise<Admission> {
    const admission = await this.#inner.request(request);
    if (admission.kind !== 'queued') return admission;
    return {
      ...admission,
      place: async (signal) => {
        await this.#turn(signal);
        return await admission.place(signal);
      },
    };
  }

  #turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonicMs();
    const at = Math.max(now, this.#openAt);
    this.#openAt = at + this.#delayMs;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      if (at <= now) return resolve();
      const cancel = this.#clock.after(at - now, () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      });
      const giveUp = (): void => {
        cancel();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}
