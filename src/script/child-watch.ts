/** Notices from outside what a stuck or bloated script cannot tell: that a message stays unhandled too long, or that memory grew past its limit. */
import type { Clock } from '../core/ports.ts';
import type { ScriptLimits } from './script-limits.ts';
import type { BreakReason } from './script-world.ts';

/** The child works only when it was sent something and says when it is through, so that between messages once a second is enough. */
const BUSY_TICK_MS = 100;
const IDLE_TICK_MS = 1000;

export interface WatchDeps {
  readonly clock: Clock;
  readonly limits: ScriptLimits;
  residentMb(): Promise<number | undefined>;
  /** Called once at most. */
  breached(reason: BreakReason, message: string): void;
}

export class ChildWatch implements Disposable {
  readonly #deps: WatchDeps;
  #unhandled = 0;
  /** Time since the last sign of progress, as far as we were awake ourselves. */
  #stuckMs = 0;
  #tickedAt = 0;
  #tick: { readonly ms: number; cancel(): void } | undefined;
  #isOver = false;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** One more message waits to be handled. */
  sent(): void {
    this.#unhandled += 1;
    if (this.#tick?.ms !== BUSY_TICK_MS) this.#schedule(BUSY_TICK_MS);
  }

  /** The child said that it is through with `count` more messages. */
  handled(count: number): void {
    this.#unhandled = Math.max(0, this.#unhandled - count);
    this.#stuckMs = 0;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#tick?.cancel();
  }

  #schedule(ms: number): void {
    if (this.#isOver) return;
    this.#tick?.cancel();
    this.#tickedAt = this.#deps.clock.monotonicMs();
    this.#tick = { ms, cancel: this.#deps.clock.after(ms, () => void this.#check(ms)) };
  }

  async #check(tickMs: number): Promise<void> {
    if (this.#unhandled > 0) {
      // A late tick counts twice its length at most: while we were stopped or the machine slept, the script is not to blame.
      this.#stuckMs += Math.min(this.#deps.clock.monotonicMs() - this.#tickedAt, 2 * tickMs);
      const { syncMs } = this.#deps.limits;
      if (this.#stuckMs >= syncMs) {
        this.#breach('sync-limit', `the script worked for ${inSeconds(syncMs)} without waiting for anything`);
        return;
      }
    }
    const resident = await this.#deps.residentMb();
    const { residentMb } = this.#deps.limits;
    if (resident !== undefined && resident > residentMb) {
      this.#breach('memory', `the script held more than ${residentMb} MB of memory`);
      return;
    }
    this.#schedule(this.#unhandled > 0 ? BUSY_TICK_MS : IDLE_TICK_MS);
  }

  #breach(reason: BreakReason, message: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deps.breached(reason, message);
  }
}

function inSeconds(ms: number): string {
  return `${ms / 1000} s`;
}
