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
import type { GrowingTranscript, JobReport } from '../../queue/job-report.ts';
import { keepCap } from '../../queue/queue-cap.ts';
import type { QueueUrl } from '../../queue/queue-url.ts';
import { type EndKind, type JobEnd, QueueWorker } from '../../queue/queue-worker.ts';
import type { QueueJob } from '../../wire/queue/queue-job.ts';
import { aborted } from '../../wire/waiting.ts';
import { type CallDeps, callAgent } from '../../workflow/call-agent.ts';
import { endByStop, runAttempt } from '../../workflow/run-attempt.ts';
import { openQueue } from '../open-queue.ts';
import { runOpener } from '../open-run-place.ts';
import type { Stops } from '../stops.ts';
import { GrowingTranscriptFile } from './growing-transcript-file.ts';
import { OwnTranscripts } from './own-transcripts.ts';
import { type HostChoices, WorkerAgents } from './worker-agents.ts';
import { WorkerTrees } from './worker-trees.ts';

export interface WorkerOrder extends HostChoices {
  readonly queue: QueueUrl;
  /** Agents at once for this queue; the host's pool may give fewer. */
  readonly slots: number;
  /** Agents at once over all hosts of the queue; `undefined` leaves that as it is. */
  readonly cap: number | undefined;
}

export interface WorkerListener {
  /** It takes calls from here on. */
  readonly began: (runId: string) => void;
  readonly ended: (job: QueueJob, end: EndKind) => void;
  /** Something that a person should know. */
  readonly said: (text: string) => void;
}

/** Resolves once it is stopped: the first stop lets its agents finish, the second ends them and gives their calls back. Rejects with `UserError` for what is wrong before it begins. */
export async function runWorker(
  order: WorkerOrder,
  program: Program,
  stops: Stops,
  listener: WorkerListener,
): Promise<RunResult> {
  const { queue, slots, cap, cwd } = order;
  const { clock, pid, uid, random, cores } = program;
  const agents = new WorkerAgents(order, program, stops);
  await agents.check();
  const engine = await openQueue(queue, program);
  await using _engine = { [Symbol.asyncDispose]: () => engine.close() };
  const letCapGo = cap === undefined ? undefined : await keepCap(engine, cap, clock);
  using _cap = { [Symbol.dispose]: () => letCapGo?.() };
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
  const rules = { caps, reuse: 'none', rehearsal: false, waitForQuota: true, repeatable: false } as const;
  const opener = runOpener(rules, false, program);
  let worker: QueueWorker | undefined;
  const progress = (event: RunEvent): void => {
    if (event.type === 'run_held') worker?.pause();
    if (event.type === 'run_released') worker?.resume();
    if (event.type === 'log') listener.said(event.text);
  };
  const plan = { ...told, open: () => opener.openNew(state, described, undefined) };
  const deps = { pid, clock, progress, backendIn: () => nobody(`agents of ${host}`) };
  const { result } = await runAttempt(plan, deps, stops.signal, async (calls, folder, signal) => {
    agents.workIn(folder, runId);
    const transcriptOf = (call: number): GrowingTranscript =>
      new GrowingTranscriptFile(folder.transcriptFile(call), { state: stateName, runId, call });
    await using _agents = { [Symbol.asyncDispose]: () => agents.close() };
    const answering = engine.questions.answer(stateName, new OwnTranscripts(state, stateName).answer);
    await using _answering = { [Symbol.asyncDispose]: () => answering.close() };
    const run = (job: QueueJob, report: JobReport, stop: AbortSignal): Promise<JobEnd> =>
      agents.using(job, (backend) => carriedOut(job, { backend, report, transcriptOf, trees, calls }, stop));
    worker = new QueueWorker({ engine, clock, host, run, ended: listener.ended }, slots);
    listener.began(runId);
    await aborted(signal);
    const closed = worker.close();
    // Stopped from elsewhere, or by somebody who does not want to wait: its calls are for other hosts.
    if (!stops.signal.aborted) worker.stopAll();
    void aborted(stops.hurry).then(() => worker?.stopAll());
    await closed;
    return { end: { ...endByStop(signal), result: null }, value: undefined };
  });
  return result;
}

interface Carriers {
  readonly backend: PlacedBackend;
  readonly report: JobReport;
  readonly transcriptOf: (call: number) => GrowingTranscript;
  readonly trees: WorkerTrees;
  readonly calls: CallDeps;
}

async function carriedOut(
  job: QueueJob,
  { backend, report, transcriptOf, trees, calls }: Carriers,
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
  const told = reporting(agents, report, transcriptOf);
  const end = await callAgent(request, { ...calls, backend: told }, signal);
  if (end.kind === 'settled') return { outcome: end.outcome, edits };
  return { outcome: failure('spawn-failed', end.message) };
}

/** Whoever asked for the agent hears all that this host's own pool does. */
function reporting(
  backend: AgentBackend,
  report: JobReport,
  transcriptOf: (call: number) => GrowingTranscript,
): AgentBackend {
  return {
    title: backend.title,
    close: () => backend.close(),
    run: (call, watch, signal) => {
      report.follow(transcriptOf(call.id));
      return backend.run(
        call,
        {
          ticket: watch.ticket,
          budgetUsd: watch.budgetUsd,
          runs: (pid) => watch.runs(pid),
          activity: (activity, soFar) => {
            report.activity(activity, soFar);
            watch.activity(activity, soFar);
          },
          pressed: (pressure) => {
            report.pressed(pressure);
            watch.pressed(pressure);
          },
          warn: (text) => {
            report.warn(text);
            watch.warn(text);
          },
        },
        signal,
      );
    },
  };
}

/** Calls bring their own: which one answers depends on the run that asks. */
function nobody(title: string): AgentBackend {
  return {
    title,
    run: async () => failure('spawn-failed', 'no agent was chosen'),
    close: async () => {},
  };
}
