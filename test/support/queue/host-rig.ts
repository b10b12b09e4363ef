/** A host that takes calls from a queue in memory into a pool of its own, with agents that end when the test says so. */
import { neverStarted, type Outcome } from '../../../src/core/outcome.ts';
import type { AgentWatch } from '../../../src/core/ports.ts';
import { HostWork } from '../../../src/launch/worker/host-work.ts';
import { FakeBackend } from '../agents/fake-backend.ts';
import type { QueueRig } from './queue-rig.ts';

export interface HostChoice {
  readonly slots?: number;
  /** Slots of the host's pool. */
  readonly pool?: number;
  /** What each agent comes to that cannot even start here; `undefined`: it starts. */
  readonly instead?: () => Promise<Outcome> | undefined;
}

export class HostRig {
  readonly agents = new FakeBackend();
  readonly ended: string[] = [];
  readonly said: string[] = [];
  readonly work: HostWork;
  #free: number;
  #line: (() => void)[] = [];

  constructor(rig: QueueRig, host: string, { slots = 1, pool = slots, instead }: HostChoice = {}) {
    this.#free = pool;
    this.work = new HostWork({
      engine: rig.server.connect(),
      clock: rig.clock,
      host,
      name: host,
      slots,
      run: async ({ call }, report, { started, pressed }, signal) => {
        if (!(await this.#slot(signal))) return { outcome: neverStarted() };
        started();
        const watch = {
          activity: (...told: Parameters<typeof report.activity>) => report.activity(...told),
          warn: (text: string) => report.warn(text),
          pressed,
        };
        try {
          return { outcome: await (instead?.() ?? this.agents.run(call, watch as AgentWatch, signal)) };
        } finally {
          this.#free += 1;
          for (const look of this.#line.splice(0)) look();
        }
      },
      ended: (job, end) => void this.ended.push(`${job.call.prompt}: ${end}`),
      said: (text) => void this.said.push(text),
    });
  }

  async #slot(signal: AbortSignal): Promise<boolean> {
    while (this.#free === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#line.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    if (signal.aborted) return false;
    this.#free -= 1;
    return true;
  }
}
