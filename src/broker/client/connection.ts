/**
 * A client's side of the pool that outlives brokers: what was asked and not answered is asked again of the next one, in
 * its order, after the runs of this client were taken up there.
 */
import type { BrokerMessage, RequestMessage } from '../../wire/pool/pool-message.ts';
import { elapsed, withinTime } from '../../wire/waiting.ts';
import type { BrokerLink } from './broker-link.ts';
import { KeptMessages, type Notice } from './kept-messages.ts';
import { forgivable, PoolUnreachable } from './pool-errors.ts';
import { type AttachedRun, LinkLost, type RunMessage, reopenRuns } from './reattach.ts';
import { type PoolProgram, REACH_MS, reachBroker } from './start-broker.ts';

type Unnumbered<M> = M extends unknown ? Omit<M, 'seq'> : never;
export type Question = Unnumbered<RequestMessage>;

const END_MS = 1000;
/** A broker that lived as long as this did not die of what we asked it. */
const CALM_MS = 1000;
const HUNG_UP = 'the broker hung up';

export class PoolConnection {
  readonly #program: PoolProgram;
  readonly #mayRecover: boolean;
  /** The latest broker's. */
  #link: BrokerLink;
  /** Whether the broker knows our runs: until then nothing but their re-opening goes out. */
  #isAttached = true;
  #attachedAt = 0;
  /** Since when brokers have died on us one after the other, without a word in between. */
  #troubleSince: number | undefined;
  readonly #kept = new KeptMessages();
  readonly #runs = new Map<string, AttachedRun>();
  readonly #closing = new AbortController();
  #over: Error | undefined;

  constructor(program: PoolProgram, link: BrokerLink, mayRecover: boolean) {
    this.#program = program;
    this.#mayRecover = mayRecover;
    this.#link = link;
    this.#attachedAt = program.clock.monotonicMs();
    this.#listenTo(link);
  }

  get slots(): number {
    return this.#link.slots;
  }

  /** Where a lease is to be attached now. */
  get place(): { readonly socketPath: string; readonly token: string } {
    return this.#link;
  }

  /**
   * `answered` runs in the very turn in which the answer is read, before the next message is. Rejects with `PoolRefusal`
   * when the broker says no, with `PoolUnreachable` when there is none any more.
   */
  ask<T>(question: Question, answered: (answer: BrokerMessage) => T): Promise<T> {
    return this.#ask(question, undefined, answered);
  }

  tell(notice: Notice): void {
    if (this.#over) return;
    // A log line in doubt is written twice rather than never; what calls are at is told anew after a crash.
    if (notice.type === 'append' || !this.#isAttached) this.#kept.keepNotice(notice);
    if (this.#isAttached) this.#link.send(notice);
  }

  /** From now on the run hears of its calls, and is taken up at the next broker. */
  attach(run: AttachedRun): void {
    this.#runs.set(run.runId, run);
  }

  detach(run: AttachedRun): void {
    this.#runs.delete(run.runId);
  }

  /** The broker ends what this client still holds. Never rejects. */
  async close(): Promise<void> {
    if (this.#over) return;
    this.#end(new PoolUnreachable('closed', 'the connection to the pool was closed'));
    this.#closing.abort();
    // A broker that does not read must not keep us.
    await withinTime(this.#link.end(), END_MS, this.#program.clock, () => {});
    this.#link.destroy();
  }

  #ask<T>(
    question: Question,
    link: BrokerLink | undefined,
    answered: (answer: BrokerMessage) => T,
  ): Promise<T> {
    if (this.#over) return forgivable(Promise.reject(this.#over));
    if (link?.isClosed) return forgivable(Promise.reject(new LinkLost(HUNG_UP)));
    const message: RequestMessage = { ...question, seq: this.#kept.nextSeq() };
    const answer = new Promise<T>((resolve, reject) => {
      this.#kept.keepAsked({
        message,
        link,
        answered: (answer) => {
          try {
            resolve(answered(answer));
          } catch (error) {
            reject(error);
          }
        },
        failed: reject,
      });
    });
    if (link !== undefined || this.#isAttached) (link ?? this.#link).send(message);
    return forgivable(answer);
  }

  #listenTo(link: BrokerLink): void {
    link.listen({
      message: (message) => this.#read(message),
      closed: () => this.#lost(link),
    });
  }

  #read(message: BrokerMessage): void {
    if (this.#isAttached) this.#troubleSince = undefined;
    if ('seq' in message) this.#kept.answer(message);
    else if ('runId' in message) this.#deliver(message);
  }

  #deliver(message: RunMessage): void {
    const run = this.#runs.get(message.runId);
    if (run) run.deliver(message);
    else if (message.type === 'granted') {
      this.tell({ type: 'release', runId: message.runId, call: message.call });
    }
  }

  #lost(link: BrokerLink): void {
    this.#kept.failLink(link, new LinkLost(HUNG_UP));
    if (this.#over || link !== this.#link || !this.#isAttached) return;
    this.#isAttached = false;
    if (!this.#mayRecover) {
      this.#end(new PoolUnreachable('silent', "the pool's broker hung up before it answered"));
      return;
    }
    const now = this.#program.clock.monotonicMs();
    if (now - this.#attachedAt >= CALM_MS) this.#troubleSince = undefined;
    this.#troubleSince ??= now;
    // What we ask may be what they die of: it is not asked for ever.
    if (now - this.#troubleSince >= REACH_MS) this.#end(hopeless(HUNG_UP));
    else void this.#recover();
  }

  /** Gives up when no broker took us up for `REACH_MS`. Never rejects. */
  async #recover(): Promise<void> {
    const { clock } = this.#program;
    let began = clock.monotonicMs();
    while (!this.#over) {
      let reached = began;
      try {
        const link = await reachBroker(this.#program, this.#closing.signal);
        reached = clock.monotonicMs();
        this.#link = link;
        if (this.#over) return link.destroy();
        this.#listenTo(link);
        await this.#takeUp(link);
        return;
      } catch (error) {
        const now = clock.monotonicMs();
        // One that lived that long was busy with our runs, and its death is another one.
        if (now - reached >= REACH_MS) began = now;
        const isLate = now - began >= REACH_MS;
        if (error instanceof LinkLost && !isLate) continue;
        this.#link.destroy();
        this.#end(error instanceof LinkLost ? hopeless(error.message) : (error as Error));
      }
    }
  }

  async #takeUp(link: BrokerLink): Promise<void> {
    await reopenRuns([...this.#runs.values()], {
      reopen: (run) => {
        // What was to be said of its calls is in what the re-opening says.
        if (!link.isClosed) this.#kept.forgetNotices(run.runId);
        return this.#ask(run.reopening(), link, (answer) => answer);
      },
      lose: (run, error) => this.#loseRun(run, error),
      wait: (ms) => elapsed(this.#program.clock, ms),
      monotonicMs: () => this.#program.clock.monotonicMs(),
    });
    if (link.isClosed) throw new LinkLost(HUNG_UP);
    this.#isAttached = true;
    this.#attachedAt = this.#program.clock.monotonicMs();
    this.#kept.sendAll(link);
  }

  #loseRun(run: AttachedRun, error: Error): void {
    this.#runs.delete(run.runId);
    this.#kept.failRun(run.runId, error);
    run.lost(error);
  }

  #end(error: Error): void {
    this.#over = error;
    for (const run of [...this.#runs.values()]) this.#loseRun(run, error);
    this.#kept.failAll(error);
  }
}

function hopeless(seen: string): PoolUnreachable {
  const message = `the pool's brokers die one after the other (${seen}); \`andwait pool serve\` shows of what`;
  return new PoolUnreachable('silent', message);
}
