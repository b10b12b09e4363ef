/** Decides when an agent has to end, and sees it done: SIGTERM to its group, SIGKILL if that does not help. First reason wins. */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../../core/ports.ts';
import type { StreamItem } from '../../wire/events/event.ts';
import type { EndedBy } from '../outcome/agent-facts.ts';
import type { AgentLimits } from '../program/agent-settings.ts';
import type { ProcessGroup } from './process-group.ts';
import { SilenceLimit } from './silence-limit.ts';

export interface EndingDeps {
  readonly group: ProcessGroup;
  readonly clock: Clock;
  readonly limits: AgentLimits;
  readonly signal: AbortSignal;
}

/** Contract: after `over` it sends no signal and holds neither timer nor listener; output that is read later changes nothing. */
export class Ending {
  readonly #deps: EndingDeps;
  #reason: EndedBy | undefined;
  readonly #silence: SilenceLimit;
  #cancelTimeout = noTimer;
  #cancelGrace = noTimer;
  #cancelKill = noTimer;
  #isThrough = false;
  #isOver = false;

  constructor(deps: EndingDeps) {
    this.#deps = deps;
    const { clock, limits, signal } = deps;
    const { timeoutMs } = limits;
    if (timeoutMs !== null) {
      this.#cancelTimeout = clock.after(timeoutMs, () => this.#end({ kind: 'timeout', limitMs: timeoutMs }));
    }
    this.#silence = new SilenceLimit({
      limitMs: limits.idleMs,
      clock,
      silent: (limitMs) => this.#end({ kind: 'idle', limitMs }),
    });
    // One signal stops a whole run; Node 20 calls more than ten listeners a leak, and says so on stderr.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', this.#onAbort);
    if (signal.aborted) this.#onAbort();
  }

  get reason(): EndedBy | undefined {
    return this.#reason;
  }

  /** It is not silent, and perhaps tells why it will be. */
  heard(item: StreamItem): void {
    this.#silence.heard(item);
  }

  /** The agent may live for another `ms`, unless this is said anew before. `through`: its answer is complete. */
  grace(ms: number, through: boolean): void {
    if (this.#isOver || this.#reason !== undefined) return;
    this.#cancelGrace();
    this.#isThrough = through;
    this.#cancelGrace = this.#deps.clock.after(ms, () => this.#end({ kind: 'grace' }));
  }

  /** The process has ended. */
  over(): void {
    this.#isOver = true;
    this.#silence.over();
    this.#cancelTimeout();
    this.#cancelGrace();
    this.#cancelKill();
    this.#deps.signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => this.#end({ kind: 'stopped' });

  /** An agent that is through is not undone by a stop or a limit: they only shorten its grace. */
  #end(reason: EndedBy): void {
    if (this.#reason !== undefined) return;
    this.#reason = this.#isThrough ? { kind: 'grace' } : reason;
    this.#silence.over();
    this.#cancelTimeout();
    this.#cancelGrace();
    const { group, clock, limits } = this.#deps;
    group.signal('SIGTERM');
    this.#cancelKill = clock.after(limits.killMs, () => group.signal('SIGKILL'));
  }
}

function noTimer(): void {}
