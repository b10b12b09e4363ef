/** Agents that do nothing until the test says what: the pool and the workflow are watched from their side. */
import type { AgentCall } from '../../../src/core/call.ts';
import { failure, type Outcome } from '../../../src/core/outcome.ts';
import type { AgentBackend, AgentWatch } from '../../../src/core/ports.ts';

export interface FakeAgent {
  readonly call: AgentCall;
  readonly watch: AgentWatch;
  end(outcome: Outcome): void;
}

export class FakeBackend implements AgentBackend {
  readonly title = 'fake';
  readonly agents: FakeAgent[] = [];
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  run(call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(failure('stopped', 'stopped')), { once: true });
      this.agents.push({ call, watch, end: resolve });
      this.#waiting = this.#waiting.filter(({ count, resolve: enough }) => {
        if (this.agents.length < count) return true;
        enough();
        return false;
      });
    });
  }

  async close(): Promise<void> {}

  /** Resolves with all agents once so many have started, ended ones included. */
  async started(count: number): Promise<readonly FakeAgent[]> {
    if (this.agents.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    }
    return this.agents;
  }

  prompts(): string[] {
    return this.agents.map(({ call }) => call.prompt);
  }
}
