/** What one client asks, carried out in the order it came; every request is answered exactly once, whatever becomes of it. */
import type { BrokerMessage, ProcessMark } from '../wire/pool/pool-message.ts';
import type { ControlMessage } from '../wire/pool/pool-schema.ts';
import type { ClientConnection, ConnectionListener } from './client-connection.ts';
import { type Client, type Message, Refused } from './client-port.ts';
import type { BrokerRun } from './runs/broker-run.ts';
import type { RunRegistry } from './runs/run-registry.ts';

/** What clients ask of the pool as a whole. */
export interface PoolControl {
  readonly isEnding: boolean;
  status(client: Client, message: Message<'status'>): void;
  set(client: Client, message: Message<'set_pool'>): Promise<void>;
  stop(client: Client, message: Message<'stop_pool'>): Promise<void>;
  left(session: ClientSession): void;
  fail(error: Error): void;
}

export class ClientSession implements Client, ConnectionListener {
  readonly mark: ProcessMark;
  readonly #connection: Pick<ClientConnection, 'send' | 'end'>;
  readonly #runs: RunRegistry;
  readonly #pool: PoolControl;
  #isGone = false;

  constructor(
    mark: ProcessMark,
    connection: Pick<ClientConnection, 'send' | 'end'>,
    runs: RunRegistry,
    pool: PoolControl,
  ) {
    this.mark = mark;
    this.#connection = connection;
    this.#runs = runs;
    this.#pool = pool;
  }

  send(message: BrokerMessage): void {
    this.#connection.send(message);
  }

  end(): void {
    this.#connection.end();
  }

  message(message: ControlMessage): void {
    // Unanswered, and so asked again, of the next broker.
    if (this.#pool.isEnding) return;
    const seq = 'seq' in message ? message.seq : undefined;
    try {
      const work = this.#carryOut(message);
      if (work !== undefined) work.catch((error: Error) => this.#answerError(seq, error));
    } catch (error) {
      this.#answerError(seq, error as Error);
    }
  }

  closed(): void {
    this.#isGone = true;
    // Cut off by the broker's own end: it comes back to the next one.
    if (!this.#pool.isEnding) this.#runs.leave(this);
    this.#pool.left(this);
  }

  #carryOut(message: ControlMessage): Promise<void> | undefined {
    switch (message.type) {
      case 'open_run':
        return this.#entering(this.#runs.open(this, message));
      case 'join_run':
        return this.#entering(this.#runs.join(this, message));
      case 'stop_run':
        return this.#stopRun(message);
      case 'steer':
        return this.#steer(message);
      case 'status':
        this.#pool.status(this, message);
        return undefined;
      case 'set_pool':
        return this.#pool.set(this, message);
      case 'stop_pool':
        return this.#pool.stop(this, message);
      default:
        return this.#inRun(message);
    }
  }

  #inRun(
    message: Exclude<
      ControlMessage,
      { readonly type: 'open_run' | 'join_run' | 'stop_run' | 'steer' | 'status' | 'set_pool' | 'stop_pool' }
    >,
  ): Promise<void> | undefined {
    const run = this.#runs.of(this, message.runId);
    switch (message.type) {
      case 'request':
        return run.requests.request(this, message);
      case 'settle':
        return run.requests.settle(this, message);
      case 'commit':
        return run.commit(this, message);
      case 'close_run':
        return this.#closeRun(message);
      case 'lives':
        if (run.owner === this) run.life.heard();
        return undefined;
      case 'append':
        run.append(this, message);
        return undefined;
      case 'runs':
        run.requests.runs(this, message);
        return undefined;
      case 'cancel':
        run.requests.cancel(this, message.call);
        return undefined;
      case 'pressure':
        run.requests.pressed(this, message);
        return undefined;
      case 'release':
        run.requests.release(this, message.call);
        return undefined;
    }
  }

  /** It may be gone by the time a folder is read. */
  async #entering(work: Promise<void>): Promise<void> {
    try {
      await work;
    } finally {
      if (this.#isGone && !this.#pool.isEnding) this.#runs.leave(this);
    }
  }

  /** A member that closes leaves: the run is its owner's. */
  async #closeRun({ seq, runId }: Message<'close_run'>): Promise<void> {
    const run = this.#runs.of(this, runId);
    if (run.owner === this) await run.finish();
    else run.leave(this);
    this.send({ type: 'closed', seq });
  }

  async #stopRun({ seq, runId }: Message<'stop_run'>): Promise<void> {
    openRunOf(this.#runs.find(runId), runId).stop(this);
    this.send({ type: 'done', seq });
  }

  async #steer(message: Message<'steer'>): Promise<void> {
    const { runId, dir } = message;
    await openRunOf(this.#runs.inFolder(runId, dir), runId).steer(this, message);
  }

  #answerError(seq: number | undefined, error: Error): void {
    if (!(error instanceof Refused)) {
      this.#pool.fail(error);
      return;
    }
    if (seq === undefined) return;
    this.send({ type: 'failed', seq, reason: error.reason, message: error.message });
  }
}

function openRunOf(run: BrokerRun | undefined, runId: string): BrokerRun {
  if (run === undefined) throw new Refused('no-run', `no run ${runId} is open`);
  return run;
}
