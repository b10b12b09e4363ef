/** The broker: connections in, runs and slots behind them, and its own end when nobody needs it any more. */
import net from 'node:net';
import { type Program, VERSION } from '../core/program.ts';
import type { HelloMessage } from '../wire/pool/pool-message.ts';
import { ClientConnection, type ConnectionHost } from './client-connection.ts';
import { type Client, type Message, Refused } from './client-port.ts';
import { ClientSession, type PoolControl } from './client-session.ts';
import type { PoolPlace } from './pool-place.ts';
import { type ChosenSettings, chosenAnew, keepChosen, readChosen, settingsOf } from './pool-settings.ts';
import { type PoolClaim, randomHex } from './pool-socket.ts';
import { RunRegistry } from './runs/run-registry.ts';
import { stopRuns } from './runs/stop-runs.ts';
import { tellRuns } from './runs/tell-runs.ts';
import type { Processes } from './slots/end-agents.ts';
import { HeldSlots } from './slots/held-slots.ts';
import { LeaseSockets } from './slots/lease-sockets.ts';
import { QuotaNote } from './slots/quota-note.ts';
import { SlotPool } from './slots/slot-pool.ts';

export type BrokerProgram = Pick<Program, 'env' | 'clock' | 'random' | 'uid' | 'pid' | 'cores'>;

export interface BrokerOptions {
  readonly place: PoolPlace;
  readonly claim: PoolClaim;
  /** Without clients and without agents for so long, it ends; `null`: it stays. */
  readonly idleMs: number | null;
  readonly processes: Processes;
  readonly availableBytes: () => number;
}

const LOOK_AT_CLAIM_MS = 5000;

export type BrokerEnd =
  | { readonly kind: 'idle' | 'stopped' | 'ousted' }
  /** A bug, or a disk that takes nothing: its successor does better. */
  | { readonly kind: 'failed'; readonly error: Error };

export class Broker implements ConnectionHost, PoolControl {
  readonly token: string;
  readonly pid: number;
  /** Resolves when it is over; by then nobody can connect any more. */
  readonly ended: Promise<BrokerEnd>;
  readonly #program: BrokerProgram;
  readonly #options: BrokerOptions;
  readonly #server: net.Server;
  readonly #slots: SlotPool;
  readonly #held: HeldSlots;
  readonly #runs: RunRegistry;
  readonly #sessions = new Set<ClientSession>();
  readonly #sockets = new Set<net.Socket>();
  readonly #leases = new LeaseSockets();
  readonly #startedAt: number;
  #chosen: ChosenSettings;
  #end: BrokerEnd | undefined;
  #tellEnd: (end: BrokerEnd) => void = () => {};
  #cancelIdle: (() => void) | undefined;

  constructor(program: BrokerProgram, options: BrokerOptions) {
    this.#program = program;
    this.#options = options;
    const { place, claim, processes, availableBytes } = options;
    const { clock, random } = program;
    this.token = claim.token;
    this.pid = program.pid;
    this.#startedAt = clock.now();
    this.ended = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    this.#chosen = readChosen(place.settingsFile);
    const settings = settingsOf(this.#chosen, program);
    const fail = (error: Error): void => this.fail(error);
    this.#held = new HeldSlots(place.heldFile);
    const open = () => this.#runs?.all ?? [];
    this.#slots = new SlotPool(settings.slots, {
      clock,
      held: this.#held,
      processes,
      availableBytes,
      note: new QuotaNote(place.quotaFile),
      listeners: { here: tellRuns(open, false), elsewhere: tellRuns(open, true) },
      newLeaseId: () => randomHex(16, random),
      cut: (leaseId) => this.#leases.cut(leaseId),
      freed: () => this.#lookForIdle(),
      fail,
    });
    this.#slots.memory.minFreeBytes = settings.minFreeBytes;
    this.#slots.isPaused = settings.paused;
    this.#runs = new RunRegistry(program, { slots: this.#slots, numbers: this.#held, clock, fail });
    this.#server = net.createServer((socket) => this.#connected(socket));
    // Too many open files, as a rule: who was not let in tries again, and those who are in must not suffer.
    this.#server.on('error', () => {});
  }

  async start(): Promise<void> {
    for (const slot of this.#held.left) this.#slots.adopt(slot, 'unclaimed');
    await this.#options.claim.listen(this.#server);
    this.#lookAtClaim();
    this.#lookForIdle();
  }

  get isEnding(): boolean {
    return this.#end !== undefined;
  }

  get slots(): number {
    return this.#slots.slots;
  }

  after(ms: number, callback: () => void): () => void {
    return this.#program.clock.after(ms, callback);
  }

  welcome(hello: HelloMessage, connection: ClientConnection): ClientSession {
    const session = new ClientSession(hello.client, connection, this.#runs, this);
    this.#sessions.add(session);
    this.#lookForIdle();
    return session;
  }

  left(session: ClientSession): void {
    this.#sessions.delete(session);
    this.#lookForIdle();
  }

  lease(leaseId: string, socket: net.Socket): boolean {
    if (!this.#slots.attach(leaseId)) return false;
    this.#leases.add(leaseId, socket, () => {
      if (this.#end === undefined) this.#guard(() => this.#slots.detach(leaseId));
    });
    return true;
  }

  status(client: Client, { seq }: Message<'status'>): void {
    const runs = this.#runs.all.map((run) => run.status());
    const slots = this.#slots;
    client.send({
      type: 'status',
      seq,
      status: {
        version: VERSION,
        pid: this.pid,
        startedAt: this.#startedAt,
        slots: slots.slots,
        pace: slots.pace.status,
        paused: slots.isPaused,
        minFreeBytes: slots.memory.minFreeBytes,
        taken: slots.taken,
        lent: slots.lent,
        waiting: runs.reduce((sum, run) => sum + run.waiting, 0),
        runs,
      },
    });
  }

  async set(client: Client, message: Message<'set_pool'>): Promise<void> {
    const { seq, slots, paused, minFreeBytes } = message;
    this.#chosen = chosenAnew(this.#chosen, message);
    const settings = settingsOf(this.#chosen, this.#program);
    if (slots !== undefined) this.#slots.slots = settings.slots;
    if (paused !== undefined) this.#slots.isPaused = settings.paused;
    if (minFreeBytes !== undefined) this.#slots.memory.minFreeBytes = settings.minFreeBytes;
    await this.#keepSettings();
    client.send({ type: 'done', seq });
  }

  async stop(client: Client, { seq, force }: Message<'stop_pool'>): Promise<void> {
    const calls = this.#runs.callCount;
    if (calls > 0 && !force) {
      throw new Refused(
        'busy',
        `${calls} calls wait or run in the pool; wait for them, or stop it with --force`,
      );
    }
    if (force) await stopRuns(() => this.#runs.all, this.#program.clock);
    client.send({ type: 'done', seq });
    this.end({ kind: 'stopped' });
  }

  fail(error: Error): void {
    this.end({ kind: 'failed', error });
  }

  /** The first reason wins. Agents go on: whoever has them comes back to the next broker. */
  end(end: BrokerEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#cancelIdle?.();
    this.#slots.stop();
    this.#server.close();
    // Ended, not cut: what was answered last still has to arrive.
    for (const socket of this.#sockets) socket.destroySoon();
    void this.#finish(end);
  }

  async #finish(end: BrokerEnd): Promise<void> {
    try {
      await this.#runs.letGoAll();
      this.#held.end();
      await this.#options.claim.release();
      this.#tellEnd(end);
    } catch (error) {
      this.#tellEnd({ kind: 'failed', error: error as Error });
    }
  }

  #connected(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    new ClientConnection(socket, this);
  }

  #lookForIdle(): void {
    this.#cancelIdle?.();
    const { idleMs } = this.#options;
    const isIdle = this.#sessions.size === 0 && this.#slots.isEmpty;
    if (idleMs === null || !isIdle || this.#end !== undefined) return;
    this.#cancelIdle = this.#program.clock.after(idleMs, () => this.end({ kind: 'idle' }));
  }

  #lookAtClaim(): void {
    this.#program.clock.after(LOOK_AT_CLAIM_MS, () => {
      if (this.#end !== undefined) return;
      if (!this.#options.claim.isOurs()) {
        this.end({ kind: 'ousted' });
        return;
      }
      this.#runs.closeIdle().catch((error: Error) => {
        if (!(error instanceof Refused)) this.fail(error);
      });
      this.#lookAtClaim();
    });
  }

  async #keepSettings(): Promise<void> {
    try {
      await keepChosen(this.#options.place.settingsFile, this.#chosen);
    } catch (error) {
      throw new Refused('refused', `set, but not kept for later: ${(error as Error).message}`);
    }
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error as Error);
    }
  }
}
