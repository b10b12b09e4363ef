/** One call of somebody else's run, carried out as a call of the worker's own: in its slot, its journal and the tree that it brings. */
import type { CallRequest } from '../../core/call.ts';
import { failure } from '../../core/outcome.ts';
import type { GrowingTranscript } from '../../queue/host/job-report.ts';
import type { JobEnd } from '../../queue/host/queue-worker.ts';
import type { QueueJob } from '../../wire/queue/queue-job.ts';
import { type CallDeps, callAgent } from '../../workflow/call-agent.ts';
import { isOfOneCall } from '../run-fault.ts';
import { type RunHere, RunRefused } from './host-work.ts';
import { ReportingBackend } from './reporting-backend.ts';
import type { WorkerAgents } from './worker-agents.ts';
import type { WorkerTrees } from './worker-trees.ts';

export interface RunHereDeps {
  readonly agents: WorkerAgents;
  readonly trees: WorkerTrees;
  /** Of the worker's own run. */
  readonly calls: CallDeps;
  readonly transcriptOf: (call: number) => GrowingTranscript;
  /** This host's own journal or pool is gone. */
  readonly fault: (error: Error) => void;
}

export function runHere({ agents, trees, calls, transcriptOf, fault }: RunHereDeps): RunHere {
  return (job, report, agent, signal) =>
    agents.using(job, async (backend) => {
      let edits: JobEnd['edits'];
      const inTree = trees.agentsFor(job, backend, signal, (sent) => {
        edits = sent;
      });
      const told = new ReportingBackend(inTree, { report, agent, transcriptOf });
      try {
        const end = await callAgent(requestOf(job), { ...calls, backend: told }, signal);
        if (end.kind === 'settled') return { outcome: end.outcome, edits };
        return { outcome: failure('spawn-failed', end.message) };
      } catch (error) {
        const isItsOwn = isOfOneCall(error);
        if (!isItsOwn) fault(error as Error);
        // It is paid for, and its client keeps it.
        if (told.last?.kind === 'reply') return { outcome: told.last, edits };
        throw isItsOwn ? new RunRefused((error as Error).message) : error;
      }
    });
}

/** Asked for by one run, once: it is no other call of this host's. */
function requestOf({ call, token }: QueueJob): CallRequest {
  const { id: _id, key: _key, occurrence: _occurrence, ...content } = call;
  return { ...content, contentHash: token, promptHash: token, askedModel: call.model };
}
