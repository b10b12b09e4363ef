/** Agents on other hosts: each call is a job of the queue, carried out by whichever worker takes it. */
import { createHash } from 'node:crypto';
import type { AgentCall } from '../../core/call.ts';
import { type Failure, failure, type Outcome } from '../../core/outcome.ts';
import type { AgentBackend, AgentWatch, Clock, OpenTranscript, TranscriptSink } from '../../core/ports.ts';
import type { JobResult, JobSettings } from '../../wire/queue/queue-job.ts';
import type { TravellingTree } from '../../wire/trees/travelling-tree.ts';
import { withTranscript } from '../../wire/with-transcript.ts';
import type { QueueEngine } from '../queue-engine.ts';
import { SharedPressure } from '../shared-pressure.ts';
import { ClientBeat } from './client-beat.ts';
import { RemoteCall } from './remote-call.ts';

/** Working trees that go with the calls of a run, and what comes back of them. Contract: what talks to the server rejects only while the server is away, and may be asked again. */
export interface RunTrees {
  /** What every agent starts from; when this resolves, whoever takes a call can have it. */
  ready(): Promise<TravellingTree | Failure>;
  /** The outcome, with its edits on a branch here: durable when this resolves, and once, however often it is asked. */
  takeIn(result: JobResult, callId: number): Promise<Outcome>;
  /** By now every outcome is durable. */
  close(): Promise<void>;
}

export interface QueueBackendOptions {
  readonly engine: QueueEngine;
  /** Of the queue, for people. */
  readonly title: string;
  readonly runId: string;
  readonly settings: JobSettings;
  /** `undefined`: agents work in the folders of their hosts. */
  readonly trees: RunTrees | undefined;
  /** Whether what an earlier attempt of the run left in the queue is gone on with; else it is ended and done anew. */
  readonly adopts: boolean;
  /** Of the calls whose outcome is durable, those of earlier attempts, too. */
  readonly settledKeys: () => readonly string[];
  readonly clock: Clock;
  readonly newToken: () => string;
  readonly hurry: AbortSignal;
  readonly openTranscript: OpenTranscript;
}

export class QueueBackend implements AgentBackend {
  readonly title: string;
  readonly #options: QueueBackendOptions;
  readonly #calls = new Map<string, RemoteCall>();
  /** Jobs whose outcome was handed on: kept in the queue until that is durable, and not to be handed on again. */
  readonly #over = new Set<string>();
  readonly #offNews: () => void;
  readonly #beat: ClientBeat;
  readonly #offShared: () => void;
  #isAway = false;
  #dropped = 0;

  constructor(options: QueueBackendOptions) {
    this.title = options.title;
    this.#options = options;
    this.#beat = new ClientBeat(options.engine.notes, options.runId, options.clock);
    this.#offNews = options.engine.onNews((id, told) => this.#calls.get(id)?.heard(told));
    // What other hosts are limited to is theirs to keep; that there is nothing to be had is for the run to know.
    const shared = new SharedPressure(options.engine, options.clock, options.runId);
    this.#offShared = shared.listen((pressure) => {
      if (pressure.kind === 'quota') for (const call of this.#calls.values()) call.usedUp(pressure);
    });
  }

  async run(call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome> {
    const { trees, settings, openTranscript } = this.#options;
    if (call.isolation !== undefined && trees === undefined && !settings.rehearse) return noTree(call);
    const work = (transcript: TranscriptSink) => this.#elsewhere(call, transcript, watch, signal);
    return await withTranscript(openTranscript, call, watch, work);
  }

  async #elsewhere(
    call: AgentCall,
    transcript: TranscriptSink,
    watch: AgentWatch,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { engine, runId, settings, trees, adopts, clock, newToken, hurry } = this.#options;
    const id = jobIdOf(runId, call.key);
    const { budgetUsd } = watch;
    const remote = new RemoteCall(id, { runId, call, budgetUsd, settings }, watch, signal, {
      engine,
      clock,
      newToken,
      adopts: adopts && !this.#over.has(id),
      hurry,
      transcript,
      dropped: () => {
        this.#dropped += 1;
      },
      lost: () => this.#beat.again(),
      trouble: (error) => this.#sayAway(error, watch),
      tree: async () => await trees?.ready(),
      takeIn: async (result, callId) => (await trees?.takeIn(result, callId)) ?? result.outcome,
    });
    this.#calls.set(id, remote);
    try {
      await this.#beat.begin();
      return await remote.outcome();
    } finally {
      this.#calls.delete(id);
      this.#over.add(id);
    }
  }

  /** Outcomes that came for an agent which was not asked for any more. */
  get dropped(): number {
    return this.#dropped;
  }

  /** By now every outcome is durable. What cannot be removed is left to the engine, which forgets it in time. */
  async close(): Promise<void> {
    const { engine, trees } = this.#options;
    this.#offNews();
    await this.#beat.close();
    this.#offShared();
    for (const id of this.#dispensable()) {
      const removed = await engine.remove(id).catch(() => undefined);
      if (removed === undefined) break;
    }
    await trees?.close().catch(() => {});
    await engine.close();
  }

  /** A client that was killed removed nothing of what it had settled. */
  #dispensable(): ReadonlySet<string> {
    const { runId, settledKeys } = this.#options;
    try {
      const settled = settledKeys().map((key) => jobIdOf(runId, key));
      return new Set([...this.#over, ...settled]);
    } catch {
      // A journal that cannot be read any more is for its next reader to say.
      return this.#over;
    }
  }

  /** Once a run: it goes on by itself as soon as the server is back. */
  #sayAway(error: Error, watch: Pick<AgentWatch, 'warn'>): void {
    if (this.#isAway) return;
    this.#isAway = true;
    watch.warn(`the queue does not answer (${error.message}); the run waits for it`);
  }
}

/** The same for the same call of another attempt: what a client that died had asked for is found under it. */
export function jobIdOf(runId: string, key: string): string {
  return createHash('sha256').update(`${runId.length}:${runId}${key}`).digest('hex').slice(0, 40);
}

function noTree({ label }: AgentCall): Outcome {
  return failure(
    'worktree-failed',
    `the call ${JSON.stringify(label)} wants a working tree of its own, and the run was begun with --tree none: nothing of its repository is on other hosts; begin one without that`,
  );
}
