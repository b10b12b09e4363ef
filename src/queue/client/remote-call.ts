/**
 * One call whose agent runs on another host: its job is added, or taken over from a client that died, and watched until it
 * is over. The engine delivers at least once, and may be away or lose what it had: what is looked at decides, never what was said.
 */
import {
  type Failure,
  failure,
  neverStarted,
  type Outcome,
  type Pressure,
  stoppedMidway,
} from '../../core/outcome.ts';
import type { AgentWatch, Clock, TranscriptSink } from '../../core/ports.ts';
import {
  decodeJob,
  decodeResult,
  type JobResult,
  QUEUE_FORMAT,
  type QueueJob,
} from '../../wire/queue/queue-job.ts';
import type { TravellingTree } from '../../wire/trees/travelling-tree.ts';
import { elapsed } from '../../wire/waiting.ts';
import { NextLook, SOON_MS } from '../next-look.ts';
import type { QueuedJob, QueueEngine } from '../queue-engine.ts';
import { RemoteNews } from './remote-news.ts';
import { RemoteTranscript } from './remote-transcript.ts';

/** Of HTTP, for a want of credit: in a failure's words there may be none. */
const PAYMENT_REQUIRED = 402;

type UsedUp = Extract<Pressure, { readonly kind: 'quota' }>;

export interface RemoteCallDeps {
  readonly engine: QueueEngine;
  readonly clock: Clock;
  readonly newToken: () => string;
  /** Whether a job that is there already may be this call's: else what it comes to is not wanted. */
  readonly adopts: boolean;
  /** Who stops it does not want to wait. */
  readonly hurry: AbortSignal;
  /** For what its agent writes on the other host. */
  readonly transcript: TranscriptSink;
  /** An outcome that was nobody's any more. */
  readonly dropped: () => void;
  /** The server has lost a job, or a worker dropped it, and it is added again. */
  readonly lost: () => Promise<void>;
  /** What the server said instead of an answer. */
  readonly trouble: (error: Error) => void;
  /** For an agent to start from, there to be had by now. Rejects while the server is away. */
  readonly tree: () => Promise<TravellingTree | Failure | undefined>;
  /** What a result comes to, its edits taken in. `callId`: of who asked for the agent, perhaps a client that died. Rejects likewise, and may be asked again. */
  readonly takeIn: (result: JobResult, callId: number) => Promise<Outcome>;
}

type Order = Omit<QueueJob, 'token' | 'format' | 'tree'>;

export class RemoteCall {
  readonly #id: string;
  readonly #order: Order;
  readonly #deps: RemoteCallDeps;
  readonly #signal: AbortSignal;
  readonly #transcript: RemoteTranscript;
  readonly #watch: AgentWatch;
  readonly #news: RemoteNews;
  readonly #next: NextLook;
  #usedUp: UsedUp | undefined;
  #token: string;
  #isFirstLook = true;
  #wasAdded = false;
  #endedOn: string | undefined;
  #isWhole = false;

  constructor(id: string, order: Order, watch: AgentWatch, signal: AbortSignal, deps: RemoteCallDeps) {
    this.#id = id;
    this.#order = order;
    this.#deps = deps;
    this.#signal = signal;
    this.#token = deps.newToken();
    this.#watch = watch;
    this.#next = new NextLook(deps.clock);
    this.#transcript = new RemoteTranscript(deps.transcript);
    this.#news = new RemoteNews(watch, this.#transcript);
  }

  /** The account of the hosts is used up: what has no agent yet is not to have one, so that the run can wait, or end. */
  usedUp(pressure: UsedUp): void {
    this.#usedUp = pressure;
    this.#next.wake();
  }

  /** There is something to be looked at. */
  heard(told: unknown): void {
    if (told !== undefined) this.#news.told(told, this.#token);
    else this.#next.wake();
  }

  async outcome(): Promise<Outcome> {
    const over = new AbortController();
    const leave = this.#leaveAt(over.signal);
    try {
      for (;;) {
        const step = await Promise.race([this.#look(), leave]);
        if (step !== 'wait' && step !== 'again') return this.#placed(step);
        if (step === 'wait') await this.#next.wait(this.#signal.aborted || !this.#wasAdded);
      }
    } finally {
      over.abort();
    }
  }

  /** With the host that its agent was on. */
  #placed(outcome: Outcome): Outcome {
    const host = this.#endedOn ?? this.#news.host;
    this.#transcript.end(this.#isWhole);
    return host === undefined ? outcome : { ...outcome, host };
  }

  /** Resolves once the call is stopped by somebody who does not want to wait. */
  #leaveAt(over: AbortSignal): Promise<Outcome> {
    const { hurry, engine } = this.#deps;
    return new Promise((resolve) => {
      const look = (): void => {
        this.#next.wake();
        if (!this.#signal.aborted || !hurry.aborted) return;
        engine.askToStop(this.#id).catch(() => {});
        const { id } = this.#order.call;
        resolve(failure('stopped', `stopped without waiting for the host that runs call ${id}`));
      };
      for (const signal of [this.#signal, hurry]) signal.addEventListener('abort', look, { signal: over });
      look();
    });
  }

  async #look(): Promise<Outcome | 'wait' | 'again'> {
    const { engine, trouble } = this.#deps;
    try {
      const found = await engine.look(this.#id);
      if (found === undefined) return await this.#missing();
      const isOurs = this.#isOurs(found);
      this.#isFirstLook = false;
      return isOurs ? await this.#ours(found) : await this.#clear(found);
    } catch (error) {
      trouble(error as Error);
      return 'wait';
    }
  }

  /** Not there yet; or the server has lost it, and perhaps the agent with it. */
  async #missing(): Promise<Outcome | 'again'> {
    this.#isFirstLook = false;
    if (this.#signal.aborted) return this.#wasAdded ? stoppedMidway() : neverStarted();
    if (this.#usedUp !== undefined) return this.#refused(this.#usedUp);
    if (this.#wasAdded) await this.#deps.lost();
    const tree = await this.#deps.tree();
    if (tree !== undefined && 'reason' in tree) return tree;
    await this.#deps.engine.add(this.#id, { format: QUEUE_FORMAT, token: this.#token, ...this.#order, tree });
    this.#wasAdded = true;
    return 'again';
  }

  /** What an earlier client asked for is taken over where that may still be wanted: a reply, or an agent under way. */
  #isOurs(found: QueuedJob): boolean {
    const job = decodeJob(found.job);
    if (job.kind === 'bad') return false;
    const { token } = job.value;
    if (token === this.#token) return true;
    if (!this.#isFirstLook || !this.#deps.adopts || found.stop || !isWanted(found)) return false;
    this.#token = token;
    this.#wasAdded = true;
    this.#news.takenOver(found.told, token);
    return true;
  }

  /** Somebody else's, or of an agent whose end is not wanted any more: its place is needed. */
  async #clear(found: QueuedJob): Promise<'wait' | 'again'> {
    const { engine, dropped } = this.#deps;
    if (found.state === 'active' && !found.stop) await engine.askToStop(this.#id);
    if ((await engine.remove(this.#id)) === 'held') return 'wait';
    if (found.state === 'done') dropped();
    return 'again';
  }

  async #ours(found: QueuedJob): Promise<Outcome | 'wait' | 'again'> {
    const { engine } = this.#deps;
    if (found.state === 'failed') return failure('no-result', `the queue gave the call up: ${found.why}`);
    if (found.state === 'done') return await this.#done(found);
    if (found.state === 'active') this.#news.told(found.told, this.#token);
    if (!this.#signal.aborted) return found.state === 'active' ? 'wait' : await this.#waiting();
    if (found.state === 'active' && !found.stop) await engine.askToStop(this.#id);
    // Of a host that is gone, too: nobody holds its job any more.
    return (await engine.remove(this.#id)) === 'removed' ? stoppedMidway() : 'wait';
  }

  async #waiting(): Promise<Outcome | 'wait'> {
    if (this.#usedUp === undefined) return 'wait';
    // Or somebody has just taken it, and hears it from the API.
    if ((await this.#deps.engine.remove(this.#id)) === 'held') return 'wait';
    return this.#refused(this.#usedUp);
  }

  /** As an agent that had asked. What is known of the time goes before it: it may stand in no words. */
  #refused(quota: UsedUp): Outcome {
    this.#watch.pressed(quota);
    return failure('api-error', quota.message, { apiStatus: PAYMENT_REQUIRED });
  }

  async #done(found: QueuedJob): Promise<Outcome | 'again'> {
    const result = decodeResult(found.result);
    if (result.kind === 'bad') {
      return failure(
        'no-result',
        `a worker answered with what is no outcome (${result.problem}); does every host run one version of andwait?`,
      );
    }
    const { token, host, dropped, transcript } = result.value;
    if (token === this.#token && dropped) {
      await this.#deps.engine.remove(this.#id);
      // Whoever dropped it is to hear of us first.
      await elapsed(this.#deps.clock, SOON_MS);
      return 'again';
    }
    if (token === this.#token) {
      this.#endedOn = host;
      this.#isWhole = transcript !== undefined;
      if (transcript !== undefined) this.#transcript.add(host, token, transcript);
      const job = decodeJob(found.job);
      const { id } = (job.kind === 'good' ? job.value : this.#order).call;
      return await this.#deps.takeIn(result.value, id);
    }
    this.#deps.dropped();
    await this.#deps.engine.remove(this.#id);
    return 'again';
  }
}

function isWanted({ state, result }: QueuedJob): boolean {
  if (state === 'waiting' || state === 'active') return true;
  const decoded = decodeResult(result);
  return state === 'done' && decoded.kind === 'good' && decoded.value.outcome.kind === 'reply';
}
