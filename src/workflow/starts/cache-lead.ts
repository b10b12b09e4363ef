/**
 * Lets the first agent of each kind go ahead until the model answers it (`--delay auto`): what agents of one kind are told
 * alike, system prompt and tools, is then in the provider's cache, and the others read it there for a tenth of its price.
 */
import type { AgentCall, CallContent, CallRequest } from '../../core/call.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { Admission, AgentBackend, AgentWatch, Clock, SlotSource } from '../../core/ports.ts';

/** A provider forgets what nobody read for so long. */
const FORGOTTEN_MS = 5 * 60_000;
/** Nobody waits longer: a cache is worth no more. */
const PATIENCE_MS = 30_000;

interface Lead {
  /** When an agent of the kind was last answered; `undefined`: the first one goes ahead. */
  answeredAt: number | undefined;
  readonly waiting: Set<() => void>;
}

export class CacheLead {
  readonly #clock: Clock;
  readonly #leads = new Map<string, Lead>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  pool(inner: SlotSource): SlotSource {
    return {
      request: async (request: CallRequest): Promise<Admission> => {
        const admission = await inner.request(request);
        if (admission.kind !== 'queued') return admission;
        const { call, place } = admission;
        return {
          ...admission,
          place: async (signal) => {
            const leads = await this.#turn(call, signal);
            const placement = await place(signal).catch((error: unknown) => {
              if (leads) this.#answered(call);
              throw error;
            });
            if (leads && placement.kind === 'refused') this.#answered(call);
            return placement;
          },
        };
      },
    };
  }

  backend(inner: AgentBackend): AgentBackend {
    return {
      title: inner.title,
      close: () => inner.close(),
      run: async (call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome> => {
        const watched: AgentWatch = {
          ...watch,
          activity: (activity) => {
            if (activity.kind !== 'retry') this.#answered(call);
            watch.activity(activity);
          },
        };
        try {
          return await inner.run(call, watched, signal);
        } finally {
          // Also of one that failed: the others are not to queue up behind each other's failures.
          this.#answered(call);
        }
      },
    };
  }

  /** Resolves when it may start; `true`: it goes ahead of the others. */
  #turn(call: AgentCall, signal: AbortSignal): Promise<boolean> {
    const kind = kindOf(call);
    const now = this.#clock.monotonicMs();
    const lead = this.#leads.get(kind);
    const isForgotten = lead?.answeredAt !== undefined && now - lead.answeredAt > FORGOTTEN_MS;
    if (lead === undefined || isForgotten) {
      this.#leads.set(kind, { answeredAt: undefined, waiting: new Set() });
      return Promise.resolve(true);
    }
    if (lead.answeredAt !== undefined) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const go = (): void => {
        cancel();
        signal.removeEventListener('abort', giveUp);
        lead.waiting.delete(go);
        resolve(false);
      };
      const giveUp = (): void => {
        cancel();
        lead.waiting.delete(go);
        reject(signal.reason as Error);
      };
      const cancel = this.#clock.after(PATIENCE_MS, go);
      lead.waiting.add(go);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #answered(call: CallContent): void {
    const lead = this.#leads.get(kindOf(call));
    if (lead === undefined) return;
    lead.answeredAt = this.#clock.monotonicMs();
    for (const go of [...lead.waiting]) go();
  }
}

/** What decides over the tools and the system prompt. The prompt itself comes after them, and is each agent's own. */
function kindOf({ model, effort, agentType, isolation, schema }: CallContent): string {
  return JSON.stringify([model, effort, agentType, isolation, schema]);
}
