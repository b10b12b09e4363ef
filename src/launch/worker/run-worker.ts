/** A host's work for a queue: a run of its own in its own journal, whose calls come from the runs of others and take slots like any. */
import { hostname } from 'node:os';
import path from 'node:path';
import type { PlacedBackend } from '../../agent/process/process-backend.ts';
import type { CallRequest } from '../../core/call.ts';
import { failure } from '../../core/outcome.ts';
import type { AgentBackend } from '../../core/ports.ts';
import type { Program } from '../../core/program.ts';
import type { RunEvent } from '../../core/progress.ts';
import { defaultOptions, type RunResult } from '../../core/run.ts';
import { describedRun } from '../../journal/describe-run.ts';
import { newRunId } from '../../journal/run-folder.ts';
import { makePrivateDir, stateDir } from '../../journal/state-dir.ts';
import { stateId } from '../../journal/state-id.ts';
import type { GrowingTranscript, JobReport } from '../../queue/host/job-report.ts';
import type { EndKind, JobEnd } from '../../queue/host/queue-worker.ts';
import { keepSet } from '../../queue/keep-set.ts';
import { LOCK_MS, RENEW_MS } from '../../queue/queue-engine.ts';
import type { QueueUrl } from '../../queue/queue-url.ts';
import { closing } from '../../wire/closing.ts';
import type { QueueJob } from '../../wire/queue/queue-job.ts';
import { aborted } from '../../wire/waiting.ts';
import { type CallDeps, callAgent } from '../../workflow/call-agent.ts';
import { endByStop, runAttempt } from '../../workflow/run-attempt.ts';
import { openQueue } from '../open-queue.ts';
import { runOpener } from '../open-run-place.ts';
import { isOfOneCall } from '../run-fault.ts';
import type { Stops } from '../stops.ts';
import { GrowingTranscriptFile } from './growing-transcript-file.ts';
import { type HostAgent, HostWork, RunRefused } from './host-work.ts';
import { OwnTranscripts } from './own-transcripts.ts';
import { ReportingBackend } from './reporting-backend.ts';
import { type HostChoices, WorkerAgents } from './worker-agents.ts';
import { WorkerTrees } from './worker-trees.ts';

export interface WorkerOrder extends HostChoices {
  readonly queue: QueueUrl;
  /** Agents at once for this queue; the host's pool may give fewer. */
  readonly slots: number;
  /** Agents at once over all hosts of the queue; `undefined` leaves that as it is. */
  readonly cap: number | undefined;
  /** Agents that begin in a minute, over all hosts; likewise. */
  readonly rate: number | undefined;
}

export interface WorkerListener {
  /** It takes calls from here on. */
  readonly began: (runId: string) => void;
  readonly ended: (job: QueueJob, end: EndKind) => void;
  /** Something that a person should know. */
  readonly said: (text: string) => void;
}

/** One that is frozen has renewed its locks no longer ago: its agents are ended before they run on another host as well. */
const SILENT_MS = LOCK_MS - RENEW_MS;

/** Resolves once it is stopped: the first stop lets its agents finish, the second ends them and gives their calls back. Rejects with `UserError` for what is wrong before it begins, and with what keeps its own journal or pool from going on. */
export async function runWorker(
  order: WorkerOrder,
  program: Program,
  stops: Stops,
  listener: WorkerListener,
): Promise<RunResult> {
  const { queue, slots, cap, rate, cwd } = order;
  const { clock, pid, uid, random, cores } = program;
  const agents = new WorkerAgents(order, program, stops);
  await agents.check();
  const engine = await openQueue(queue, program);
  await using _engine = closing(engine);
  const letCapGo = cap === undefined ? undefined : await keepSet(engine.cap, cap, clock);
  using _cap = { [Symbol.dispose]: () => letCapGo?.() };
  const letRateGo = rate === undefined ? undefined : await keepSet(engine.rate, rate, clock);
  using _rate = { [Symbol.dispose]: () => letRateGo?.() };
  const state = stateDir(program);
  makePrivateDir(state, uid);
  const stateName = stateId(state, program);
  const runId = newRunId(clock.now(), random);
  const host = hostname();
  const trees = new WorkerTrees({ dir: path.join(state, 'trees'), host, pieces: engine.pieces }, program);
  using _clearing = await trees.clearUpDaily(listener.said);
  // Caps are those of the runs that ask: this one only says how many at once.
  const caps = { concurrency: slots, agents: Number.MAX_SAFE_INTEGER, outputTokens: null, costUsd: null };
  const base = defaultOptions(cores);
  const options = { ...base, caps, agent: order.agent, queue: queue.masked, waitForQuota: true };
  const description = `takes calls from ${queue.masked}`;
  const told = { runId, name: `worker on ${host}`, description, args: { slots }, options };
  const described = describedRun({ ...told, kind: 'worker', scriptPath: '', cwd, startedAt: clock.now() });
  // What comes to nothing for limits or a quota is for the run that asked to put back.
  const waits = { waitForQuota: true, waitForCredentials: true, silentMs: SILENT_MS };
  const rules = { caps, reuse: 'none', rehearsal: false, repeatable: false, ...waits } as const;
  const opener = runOpener(rules, false, program);
  let worker: HostWork | undefined;
  const progress = (event: RunEvent): void => {
    if (event.type === 'run_held') worker?.hold();
    if (event.type === 'run_released') worker?.release();
    if (event.type === 'log') listener.said(event.text);
  };
  const plan = { ...told, open: () => opener.openNew(state, described, undefined) };
  const deps = { pid, clock, progress, backendIn: () => nobody(`agents of ${host}`) };
  const { result } = await runAttempt(plan, deps, stops.signal, async (calls, folder, signal) => {
    agents.workIn(folder, runId);
    const transcriptOf = (call: number): GrowingTranscript =>
      new GrowingTranscriptFile(folder.transcriptFile(call), { state: stateName, runId, call });
    await using _agents = closing(agents);
    const answering = engine.questions.answer(stateName, new OwnTranscripts(state, stateName).answer);
    await using _answering = closing(answering);
    const broken = new AbortController();
    const fault = (error: Error): void => {
      if (!signal.aborted) broken.abort(error);
    };
    const run = (job: QueueJob, report: JobReport, agent: HostAgent, stop: AbortSignal): Promise<JobEnd> =>
      agents.using(job, (backend) =>
        carriedOut(job, { backend, report, agent, transcriptOf, trees, calls, fault }, stop),
      );
    const said = (text: string): void => calls.warn(text);
    worker = new HostWork({ engine, clock, host, name: runId, slots, run, ended: listener.ended, said });
    listener.began(runId);
    await aborted(AbortSignal.any([signal, broken.signal]));
    const closed = worker.close();
    // Stopped from elsewhere, or by somebody who does not want to wait: its calls are for other hosts.
    if (!stops.signal.aborted) worker.stopAll();
    void aborted(stops.hurry).then(() => worker?.stopAll());
    await closed;
    // What broke it, as a rule for good: a journal that cannot be written, a pool that is gone.
    broken.signal.throwIfAborted();
    return { end: { ...endByStop(signal), result: null }, value: undefined };
  });
  return result;
}

interface Carriers {
  readonly backend: PlacedBackend;
  readonly report: JobReport;
  readonly agent: HostAgent;
  readonly transcriptOf: (call: number) => GrowingTranscript;
  readonly trees: WorkerTrees;
  readonly calls: CallDeps;
  /** This host's own journal or pool is gone. */
  readonly fault: (error: Error) => void;
}

async function carriedOut(
  job: QueueJob,
  { backend, report, agent, transcriptOf, trees, calls, fault }: Carriers,
  signal: AbortSignal,
): Promise<JobEnd> {
  const { call, token } = job;
  let edits: JobEnd['edits'];
  const agents = trees.agentsFor(job, backend, signal, (sent) => {
    edits = sent;
  });
  const { id: _id, key: _key, occurrence: _occurrence, ...content } = call;
  // Asked for by one run, once: it is no other call of this host's.
  const request: CallRequest = { ...content, contentHash: token, promptHash: token, askedModel: call.model };
  const told = new ReportingBackend(agents, { report, agent, transcriptOf });
  try {
    const end = await callAgent(request, { ...calls, backend: told }, signal);
    if (end.kind === 'settled') return { outcome: end.outcome, edits };
    return { outcome: failure('spawn-failed', end.message) };
  } catch (error) {
    const isItsOwn = isOfOneCall(error);
    if (!isItsOwn) fault(error as Error);
    // It is paid for, and its client keeps it.
    if (told.last?.kind === 'reply') return { outcome: told.last, edits };
    throw isItsOwn ? new RunRefused((error as Error).message) : error;
  }
}

/** Calls bring their own: which one answers depends on the run that asks. */
function nobody(title: string): AgentBackend {
  return {
    title,
    run: async () => failure('spawn-failed', 'no agent was chosen'),
    close: async () => {},
  };
}
