/** Answers agents inside this process with samples: what a run would do, without a model, a process or a cost. */
import { outcomeOfEvents } from '../agent/outcome-of-events.ts';
import type { AgentCall } from '../core/call.ts';
import { failure, type Outcome } from '../core/outcome.ts';
import type { AgentBackend, AgentWatch } from '../core/ports.ts';
import { rehearsalEvents } from '../print/rehearsal/rehearsal-events.ts';

export class RehearsalBackend implements AgentBackend {
  readonly title = 'rehearsal';
  readonly #cwd: string;

  constructor({ cwd }: { readonly cwd: string }) {
    this.#cwd = cwd;
  }

  async run(call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome> {
    if (signal.aborted) return failure('stopped', 'stopped before it started');
    const events = rehearsalEvents(call, { sessionId: call.key, cwd: this.#cwd });
    for (const event of events) watch.transcript.write(Buffer.from(JSON.stringify(event)));
    return outcomeOfEvents(events, call.schema !== undefined);
  }
}
