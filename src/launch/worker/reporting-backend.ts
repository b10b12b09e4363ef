/** Agents of this host that somebody else asked for, who hears all that this host's own pool does; but of credentials, for those are this host's. */
import type { AgentCall } from '../../core/call.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { AgentBackend, AgentWatch } from '../../core/ports.ts';
import type { GrowingTranscript, JobReport } from '../../queue/host/job-report.ts';
import type { HostAgent } from './host-work.ts';

export interface Reporting {
  readonly report: JobReport;
  readonly agent: HostAgent;
  readonly transcriptOf: (call: number) => GrowingTranscript;
}

export class ReportingBackend implements AgentBackend {
  readonly title: string;
  readonly #inner: AgentBackend;
  readonly #reporting: Reporting;
  #last: Outcome | undefined;

  constructor(inner: AgentBackend, reporting: Reporting) {
    this.title = inner.title;
    this.#inner = inner;
    this.#reporting = reporting;
  }

  /** What its agent came to, whether or not that could be kept here. */
  get last(): Outcome | undefined {
    return this.#last;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async run(call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome> {
    const { report, agent, transcriptOf } = this.#reporting;
    agent.started();
    report.follow(transcriptOf(call.id));
    const told: AgentWatch = {
      ticket: watch.ticket,
      budgetUsd: watch.budgetUsd,
      runs: (pid) => watch.runs(pid),
      activity: (activity, soFar) => {
        report.activity(activity, soFar);
        watch.activity(activity, soFar);
      },
      pressed: (pressure) => {
        if (pressure.kind !== 'credentials') report.pressed(pressure);
        agent.pressed(pressure);
        watch.pressed(pressure);
      },
      warn: (text) => {
        report.warn(text);
        watch.warn(text);
      },
    };
    this.#last = await this.#inner.run(call, told, signal);
    return this.#last;
  }
}
