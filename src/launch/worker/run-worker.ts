/** A host's work for a queue: a run of its own in its own journal, whose calls come from the runs of others and take slots like any. */
import { hostname } from 'node:os';
import path from 'node:path';
import { failure } from '../../core/outcome.ts';
import type { AgentBackend } from '../../core/ports.ts';
import type { Program } from '../../core/program.ts';
import type { RunEvent } from '../../core/progress.ts';
import type { RunResult } from '../../core/run.ts';
import { newRunId } from '../../journal/run-folder.ts';
import { makePrivateDir, stateDir } from '../../journal/state-dir.ts';
import { stateId } from '../../journal/state-id.ts';
import type { GrowingTranscript } from '../../queue/host/job-report.ts';
import type { EndKind } from '../../queue/host/queue-worker.ts';
import { keepSet, type SharedValue } from '../../queue/keep-set.ts';
import type { QueueUrl } from '../../queue/queue-url.ts';
import { closing } from '../../wire/closing.ts';
import type { QueueJob } from '../../wire/queue/queue-job.ts';
import { aborted } from '../../wire/waiting.ts';
import { endByStop, runAttempt } from '../../workflow/run-attempt.ts';
import { openQueue } from '../open-queue.ts';
import type { Stops } from '../stops.ts';
import { GrowingTranscriptFile } from './growing-transcript-file.ts';
import { HostWork } from './host-work.ts';
import { ownRun } from './own-run.ts';
import { OwnTranscripts } from './own-transcripts.ts';
import { runHere } from './run-here.ts';
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

/** Resolves once it is stopped: the first stop lets its agents finish, the second ends them and gives their calls back. Rejects with `UserError` for what is wrong before it begins, and with what keeps its own journal or pool from going on. */
export async function runWorker(
  order: WorkerOrder,
  program: Program,
  stops: Stops,
  listener: WorkerListener,
): Promise<RunResult> {
  const { clock, pid, uid, random } = program;
  const agents = new WorkerAgents(order, program, stops);
  await agents.check();
  const engine = await openQueue(order.queue, program);
  await using _engine = closing(engine);
  using _cap = await kept(engine.cap, order.cap, program);
  using _rate = await kept(engine.rate, order.rate, program);
  const dir = stateDir(program);
  makePrivateDir(dir, uid);
  const state = stateId(dir, program);
  const runId = newRunId(clock.now(), random);
  const host = hostname();
  const trees = new WorkerTrees({ dir: path.join(dir, 'trees'), host, pieces: engine.pieces }, program);
  using _clearing = await trees.clearUpDaily(listener.said);
  let work: HostWork | undefined;
  const progress = (event: RunEvent): void => {
    if (event.type === 'run_held') work?.hold();
    if (event.type === 'run_released') work?.release();
    if (event.type === 'log') listener.said(event.text);
  };
  const plan = ownRun({ ...order, runId, host, stateDir: dir }, program);
  const deps = { pid, clock, progress, backendIn: () => nobody(`agents of ${host}`) };
  const { result } = await runAttempt(plan, deps, stops.signal, async (calls, folder, signal) => {
    agents.workIn(folder, runId);
    await using _agents = closing(agents);
    await using _answering = closing(engine.questions.answer(state, new OwnTranscripts(dir, state).answer));
    const transcriptOf = (call: number): GrowingTranscript =>
      new GrowingTranscriptFile(folder.transcriptFile(call), { state, runId, call });
    const broken = new AbortController();
    const fault = (error: Error): void => {
      if (!signal.aborted) broken.abort(error);
    };
    const run = runHere({ agents, trees, calls, transcriptOf, fault });
    const { slots } = order;
    const { ended } = listener;
    work = new HostWork({ engine, clock, host, name: runId, slots, run, ended, said: calls.warn });
    listener.began(runId);
    await aborted(AbortSignal.any([signal, broken.signal]));
    await closed(work, stops);
    // What broke it, as a rule for good: a journal that cannot be written, a pool that is gone.
    broken.signal.throwIfAborted();
    return { end: { ...endByStop(signal), result: null }, value: undefined };
  });
  return result;
}

/** What holds for all hosts, for as long as this one works; `undefined`: it says nothing of that. */
async function kept(
  value: SharedValue,
  count: number | undefined,
  { clock }: Program,
): Promise<Disposable | undefined> {
  return count === undefined ? undefined : { [Symbol.dispose]: await keepSet(value, count, clock) };
}

/** Nothing more is taken. Resolves when what runs has ended. */
async function closed(work: HostWork, { signal, hurry }: Stops): Promise<void> {
  const isOver = work.close();
  // Stopped from elsewhere, or by somebody who does not want to wait: its calls are for other hosts.
  if (!signal.aborted) work.stopAll();
  void aborted(hurry).then(() => work.stopAll());
  await isOver;
}

/** Calls bring their own: which one answers depends on the run that asks. */
function nobody(title: string): AgentBackend {
  return {
    title,
    run: async () => failure('spawn-failed', 'no agent was chosen'),
    close: async () => {},
  };
}
