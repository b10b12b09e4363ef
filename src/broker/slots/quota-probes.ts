/** Who was started although the account is used up, and so finds out whether it still is; for how long others wait for that. */
import type { Clock } from '../../core/ports.ts';

/** Who has not found out by then works, and another may find out: a session may stay for days. */
const PROBE_MS = 2 * 60_000;

export class QuotaProbes {
  readonly #clock: Clock;
  readonly #isOver: () => void;
  readonly #all = new Set<string>();
  /** In slots of their own; each with what cancels its timer. */
  readonly #findingOut = new Map<string, () => void>();

  /** `isOver`: others need not wait for one of them any more. */
  constructor(clock: Clock, isOver: () => void) {
    this.#clock = clock;
    this.#isOver = isOver;
  }

  /** Slots in which one may still be about to hear of it. */
  get findingOut(): number {
    return this.#findingOut.size;
  }

  has(leaseId: string): boolean {
    return this.#all.has(leaseId);
  }

  add(leaseId: string, isLent: boolean): void {
    this.#all.add(leaseId);
    if (isLent) return;
    const cancel = this.#clock.after(PROBE_MS, () => {
      this.#findingOut.delete(leaseId);
      this.#isOver();
    });
    this.#findingOut.set(leaseId, cancel);
  }

  delete(leaseId: string): void {
    this.#all.delete(leaseId);
    this.#findingOut.get(leaseId)?.();
    this.#findingOut.delete(leaseId);
  }

  clear(): void {
    for (const leaseId of [...this.#all]) this.delete(leaseId);
  }
}
