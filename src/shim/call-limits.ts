/** How long a call below `exec` may take, and how long it may say nothing, where its user set that; nobody waits for one that hangs. */
import type { EndedBy } from '../agent/outcome/agent-facts.ts';
import { SilenceLimit } from '../agent/process/silence-limit.ts';
import type { Clock } from '../core/ports.ts';
import { ANDWAIT_IDLE_SECONDS, ANDWAIT_TIMEOUT_SECONDS } from '../wire/environment/run-environment.ts';
import type { StreamItem } from '../wire/events/event.ts';

/** A call is ended for it. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached';
  readonly endedBy: EndedBy;
  constructor(endedBy: EndedBy) {
    super(`ended: ${endedBy.kind}`);
    this.endedBy = endedBy;
  }
}

export interface CallLimitsDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Its output is seen: where it goes straight to a terminal, nobody can tell whether it is silent. */
  readonly isSeen: boolean;
  readonly reached: (why: LimitReached) => void;
}

/** Contract: holds no timer before `started`, nor after `over`. */
export class CallLimits {
  readonly #deps: CallLimitsDeps;
  #silence: SilenceLimit | undefined;
  #cancelTimeout = (): void => {};

  constructor(deps: CallLimitsDeps) {
    this.#deps = deps;
  }

  started(): void {
    const { env, clock, isSeen, reached } = this.#deps;
    const timeoutMs = msOf(env[ANDWAIT_TIMEOUT_SECONDS]);
    if (timeoutMs !== null) {
      const why = new LimitReached({ kind: 'timeout', limitMs: timeoutMs });
      this.#cancelTimeout = clock.after(timeoutMs, () => reached(why));
    }
    this.#silence = new SilenceLimit({
      limitMs: isSeen ? msOf(env[ANDWAIT_IDLE_SECONDS]) : null,
      clock,
      silent: (limitMs) => reached(new LimitReached({ kind: 'idle', limitMs })),
    });
  }

  heard(item: StreamItem): void {
    this.#silence?.heard(item);
  }

  heardBytes(): void {
    this.#silence?.heardBytes();
  }

  over(): void {
    this.#silence?.over();
    this.#cancelTimeout();
  }
}

/** Set by `exec` alone: what is no number of seconds is none of its. */
function msOf(seconds: string | undefined): number | null {
  const ms = Number(seconds) * 1000;
  return ms > 0 && Number.isFinite(ms) ? ms : null;
}
