/** One run in the broker: the deciding core, its journal, its calls, and whose they are. What breaks here is this run's alone. */
import type { RunHeld, RunPause } from '../../core/run.ts';
import type { PoolRunStatus } from '../../wire/pool/pool-status.ts';
import type { StopReason } from '../../wire/pool/run-order.ts';
import { type Client, type Message, Refused } from '../client-port.ts';
import { CallRequests } from './call-requests.ts';
import { RunCalls } from './run-calls.ts';
import { RunHold } from './run-hold.ts';
import { RunLife } from './run-life.ts';
import type { RunDeps, RunParts } from './run-parts.ts';
import { RunPressure } from './run-pressure.ts';
import { RunRecords } from './run-records.ts';
import { RunStop } from './run-stop.ts';
import { watchRunTime } from './run-time.ts';
import { steerCall } from './steer-call.ts';
import { type SteeredRun, steerRun } from './steer-run.ts';

export class BrokerRun {
  readonly parts: RunParts;
  readonly requests: CallRequests;
  readonly pressure: RunPressure;
  readonly life: RunLife;
  /** Resolves when its journal is closed and its lock given back. */
  readonly closed: Promise<void>;
  owner: Client | undefined;
  readonly #deps: RunDeps;
  readonly #calls: RunCalls;
  readonly #members = new Set<Client>();
  readonly #records: RunRecords;
  readonly #hold: RunHold;
  readonly #stop: RunStop;
  readonly #endTime: () => void;
  #isClosing = false;
  #journalClosed: Promise<void> | undefined;
  #tellClosed = (): void => {};

  constructor(parts: RunParts, deps: RunDeps, owner: Client | undefined) {
    this.parts = parts;
    this.owner = owner;
    this.#deps = deps;
    this.#records = new RunRecords(parts.state, parts.journal, {
      notice: (text) => this.#notice(text),
      over: (refusal) => this.#calls.endHeld({ kind: 'capped', refusal }),
    });
    this.#calls = new RunCalls({
      ...deps,
      runId: parts.runId,
      concurrency: parts.state.caps.concurrency,
      elsewhere: parts.elsewhere,
      records: this.#records,
      ended: (call) => parts.settled.add(call),
    });
    const isOver = (): boolean => this.#isOver();
    const known = { parts, records: this.#records, calls: this.#calls };
    const { clock } = deps;
    const tell = (held: RunHeld | null): void => this.owner?.send({ type: 'held', runId: parts.runId, held });
    this.#hold = new RunHold({ ...known, clock, tell }, parts.isPaused);
    const clients = () => [this.owner, ...this.#members];
    this.#stop = new RunStop({ ...parts, calls: this.#calls, clock, clients });
    const own = { ...known, hold: this.#hold };
    const say = (text: string): void => this.#say(text);
    this.pressure = new RunPressure({
      ...deps,
      ...own,
      say,
      end: (pause) => void this.pauseToEnd(pause, 'stalled'),
    });
    this.requests = new CallRequests({ ...deps, ...own, pressure: this.pressure, isOver });
    this.life = new RunLife({ ...parts, calls: this.#calls, clock, say });
    const endTime = watchRunTime(this, clock, say);
    this.#endTime = () => {
      endTime();
      this.life.stop();
    };
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  get isStopped(): boolean {
    return this.#stop.isStopped;
  }

  get isIdle(): boolean {
    return this.#calls.size === 0 && this.#members.size === 0 && this.owner === undefined;
  }

  get callCount(): number {
    return this.#calls.size;
  }

  #isOver(): boolean {
    return this.#stop.isStopped || this.#isClosing;
  }

  join(client: Client): void {
    if (client !== this.owner) this.#members.add(client);
  }

  isOf(client: Client): boolean {
    return client === this.owner || this.#members.has(client);
  }

  /** Somebody takes hold of the run, whosever it is. Rejects with `Refused` when that cannot be done. */
  async steer(client: Client, message: Message<'steer'>): Promise<void> {
    const { runId } = this.parts;
    const { clock } = this.#deps;
    const found = this.status();
    const changed = await steerRun(message, {
      runId,
      records: this.#records,
      clock,
      state: this.#state(),
      pause: () => this.#hold.hold('person', null),
      goOn: () => this.#hold.release('person'),
      stop: () => this.stop(),
      steerCall: (steering) => steerCall(steering, { runId, calls: this.#calls, clock }),
    });
    // What was stopped is told in numbers of what there was to be ended.
    const { running, waiting, held } = message.action === 'stop' ? found : this.status();
    client.send({ type: 'steered', seq: message.seq, changed, running, waiting, held });
  }

  #state(): SteeredRun['state'] {
    if (this.#journalClosed !== undefined) return 'closed';
    return this.#isOver() ? 'stopping' : 'open';
  }

  append(client: Client, { record }: Message<'append'>): void {
    if (this.#mayWrite(client, record.type)) this.#records.append(record);
  }

  async commit(client: Client, { seq, record }: Message<'commit'>): Promise<void> {
    if (!this.#mayWrite(client, record.type)) {
      throw new Refused('malformed', `a ${record.type} record is not a client's to write`);
    }
    if (record.type === 'end') this.#recordRefusals();
    if (!this.parts.told.has(record.type)) await this.#records.commit(record);
    client.send({ type: 'committed', seq });
  }

  /** Who reads the end of an attempt finds all that was refused in it. */
  #recordRefusals(): void {
    const untold = this.parts.state.refused.untold(this.#deps.clock.now());
    for (const record of untold) this.#records.append(record);
  }

  /** Outcomes are the broker's to write; what the run itself tells is its owner's. */
  #mayWrite(client: Client, type: string): boolean {
    if (type === 'phase' || type === 'log') return true;
    return (type === 'attempt' || type === 'end') && client === this.owner;
  }

  /** The connection is gone: what it held is ended, what it waited for is dropped. The owner's end is the run's. */
  leave(client: Client): void {
    this.#members.delete(client);
    for (const entry of this.#calls.all) if (entry.client === client) this.#calls.abandon(entry);
    if (client !== this.owner) return;
    this.owner = undefined;
    this.close().catch((error: Error) => {
      // Nobody is left to be told; the journal's end tells whoever resumes.
      if (!(error instanceof Refused)) this.#deps.fail(error);
    });
  }

  /** Ends it once what runs has ended, for a reason that is no fault of its own. */
  async pauseToEnd(pause: RunPause, when?: 'quiet' | 'stalled'): Promise<void> {
    const end = (last: RunPause): boolean => this.stop(undefined, { kind: 'paused', pause: last });
    await this.#hold.toEnd(pause, end, when);
  }

  #say(text: string): void {
    this.#records.append({ type: 'log', text, at: this.#deps.clock.now() });
    this.#notice(text);
  }

  #notice(text: string): void {
    this.owner?.send({ type: 'notice', runId: this.parts.runId, text });
  }

  /** Its clients end what runs; what does not end in time is ended here. `by`: knows already. `false`: it was stopped before. */
  stop(by?: Client, why: StopReason = { kind: 'stopped' }): boolean {
    this.#endTime();
    return this.#stop.stop(by, why);
  }

  drained(): Promise<void> {
    return this.#calls.drained();
  }

  /** Its owner wants no more of it. What others have running in it ends by itself, and then it is closed. */
  async finish(): Promise<void> {
    while (this.parts.joinable && this.#calls.size > 0 && !this.#isClosing) {
      this.owner = undefined;
      await this.#calls.drained();
    }
    await this.close();
  }

  /** Resolves when its calls are over and its journal is written and given free. */
  async close(): Promise<void> {
    if (this.#isClosing) return await this.closed;
    this.#isClosing = true;
    this.#endTime();
    if (this.#calls.size > 0) {
      this.stop();
      await this.#calls.drained();
    }
    try {
      await this.#closeJournal();
    } finally {
      this.#deps.numbers.closed(this.parts.dir);
      this.#tellClosed();
    }
  }

  /** The broker ends: what was said so far is written, its calls go on, and the next broker takes them up. */
  async letGo(): Promise<void> {
    this.#isClosing = true;
    this.#endTime();
    // A journal that is broken is told to whoever asks the next broker.
    await this.#closeJournal().catch(() => {});
    this.#tellClosed();
  }

  #closeJournal(): Promise<void> {
    this.#journalClosed ??= this.#records.close();
    return this.#journalClosed;
  }

  status(): PoolRunStatus {
    const calls = this.#calls.statuses();
    const waiting = calls.filter(({ state }) => state === 'waiting').length;
    const { runId, dir, state } = this.parts;
    const { status: held } = this.#hold;
    return {
      runId,
      dir,
      running: calls.length - waiting,
      waiting,
      refused: state.refused.total,
      held,
      calls,
    };
  }
}
