/** Answers agents inside this process with samples: what a run would do, without a model, a process or a cost. */
import { outcomeOfEvents } from '../agent/outcome/outcome-of-events.ts';
import type { PlacedBackend } from '../agent/process/process-backend.ts';
import type { AgentCall } from '../core/call.ts';
import { neverStarted, type Outcome } from '../core/outcome.ts';
import type { AgentWatch, OpenTranscript } from '../core/ports.ts';
import { rehearsalEvents } from '../print/rehearsal/rehearsal-events.ts';
import { withTranscript } from '../wire/with-transcript.ts';

export interface RehearsalOptions {
  readonly cwd: string;
  readonly openTranscript: OpenTranscript;
}

export class RehearsalBackend implements PlacedBackend {
  readonly title = 'rehearsal';
  readonly #options: RehearsalOptions;

  constructor(options: RehearsalOptions) {
    this.#options = options;
  }

  /** It touches no files anywhere. */
  at(): this {
    return this;
  }

  async run(call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome> {
    if (signal.aborted) return neverStarted();
    const { cwd, openTranscript } = this.#options;
    return await withTranscript(openTranscript, call, watch, async (transcript) => {
      const events = rehearsalEvents(call, { sessionId: call.key, cwd });
      for (const event of events) transcript.write(Buffer.from(JSON.stringify(event)));
      return outcomeOfEvents(events, call.schema !== undefined);
    });
  }

  async close(): Promise<void> {}
}
