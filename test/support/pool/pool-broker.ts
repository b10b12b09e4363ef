/** A broker in this process on a real socket, raw clients to it, and processes that live and die as the test says. */
import { mkdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { Broker } from '../../../src/broker/broker.ts';
import { type PoolPlace, poolPlace, readSocketNote } from '../../../src/broker/pool-place.ts';
import { claimPool } from '../../../src/broker/pool-socket.ts';
import type { Processes } from '../../../src/broker/slots/end-agents.ts';
import type { Clock } from '../../../src/core/ports.ts';
import { type BrokerMessage, POOL_PROTOCOL, type ProcessMark } from '../../../src/wire/pool/pool-message.ts';
import { ManualClock } from '../manual-clock.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Agents by pid. */
export class FakeProcesses implements Processes {
  readonly living = new Set<number>();
  readonly signals: string[] = [];
  readonly killedByLease: string[] = [];
  readonly byLease = new Map<string, ProcessMark>();

  isAlive({ pid }: ProcessMark): boolean {
    return this.living.has(pid);
  }
  signal({ pid }: ProcessMark, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.signals.push(`${signal} ${pid}`);
  }
  killRestOfGroup(): void {}
  killByLease(leaseId: string): void {
    this.killedByLease.push(leaseId);
  }
  findByLease(leaseId: string): ProcessMark | undefined {
    return this.byLease.get(leaseId);
  }
}

export interface BrokerRig {
  readonly broker: Broker;
  readonly clock: ManualClock;
  readonly processes: FakeProcesses;
  readonly place: PoolPlace;
  readonly home: string;
  readonly memory: { availableBytes: number };
  connect(): Promise<RawClient>;
  /** A folder for a run. */
  runDir(runId: string): string;
  /** As a crash leaves it: nothing is closed in order. */
  crash(): Promise<void>;
}

export interface RigOptions {
  readonly slots?: number;
  readonly idleMs?: number | null;
  readonly home?: string;
  readonly processes?: FakeProcesses;
}

export async function startBroker(options: RigOptions = {}): Promise<BrokerRig> {
  const { slots = 2, idleMs = null, home = temporaryFolder(), processes = new FakeProcesses() } = options;
  const clock = new ManualClock();
  const uid = process.getuid?.() ?? 0;
  const env = { ANDWAIT_HOME: home, ANDWAIT_SLOTS: String(slots) };
  const program = {
    env,
    clock: clock as Clock,
    random: Math.random,
    uid,
    pid: process.pid,
    cores: 4,
    homeDir: home,
  };
  const place = poolPlace(program);
  const claim = await claimPool(place, program);
  if (claim === undefined) throw new Error('another broker lives');
  const memory = { availableBytes: 1e9 };
  const broker = new Broker(program, {
    place,
    claim,
    idleMs,
    processes,
    availableBytes: () => memory.availableBytes,
  });
  await broker.start();
  onTestFinished(async () => {
    broker.end({ kind: 'stopped' });
    await broker.ended;
  });
  return {
    broker,
    clock,
    processes,
    place,
    home,
    memory,
    connect: () => RawClient.connect(place),
    runDir(runId) {
      const dir = path.join(home, 'runs', runId);
      mkdirSync(dir, { recursive: true });
      return dir;
    },
    crash: async () => {
      broker.end({ kind: 'stopped' });
      await broker.ended;
    },
  };
}

let pids = 1000;

/** Says what the test says, line by line, and hears everything. */
export class RawClient {
  readonly pid: number;
  readonly heard: BrokerMessage[] = [];
  readonly closed: Promise<void>;
  readonly #socket: net.Socket;
  readonly #waiting = new Set<() => void>();
  #rest = '';
  #isClosed = false;
  #seq = 0;

  constructor(socket: net.Socket) {
    pids += 1;
    this.pid = pids;
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop() ?? '';
      this.heard.push(...lines.map((line) => JSON.parse(line) as BrokerMessage));
      for (const look of this.#waiting) look();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isClosed = true;
        for (const look of this.#waiting) look();
        resolve();
      });
    });
    onTestFinished(() => void socket.destroy());
  }

  /** Connected, nothing said. */
  static async dial(place: PoolPlace): Promise<RawClient> {
    const note = readSocketNote(place);
    if (note === undefined) throw new Error('nobody listens');
    const socket = net.connect(note.path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawClient(socket);
  }

  static async connect(place: PoolPlace): Promise<RawClient> {
    const client = await RawClient.dial(place);
    client.say({
      type: 'hello',
      ...greeting(place),
      version: '0',
      client: { pid: client.pid, startTicks: '1' },
    });
    await client.hears('welcome');
    return client;
  }

  say(message: object): void {
    this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  write(text: string | Buffer): void {
    this.#socket.write(text);
  }

  /** The first message of that type that was not taken yet, and for which `fits`. */
  async hears<T extends BrokerMessage['type']>(
    type: T,
    fits: (message: Extract<BrokerMessage, { type: T }>) => boolean = () => true,
  ): Promise<Extract<BrokerMessage, { type: T }>> {
    for (;;) {
      const at = this.heard.findIndex(
        (message) => message.type === type && fits(message as Extract<BrokerMessage, { type: T }>),
      );
      const [found] = at === -1 ? [] : this.heard.splice(at, 1);
      if (found) return found as Extract<BrokerMessage, { type: T }>;
      if (this.#isClosed)
        throw new Error(`the connection closed before a ${type}: ${JSON.stringify(this.heard)}`);
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
      });
    }
  }

  /** A question and its answer, whichever that is. */
  async ask<T extends BrokerMessage['type']>(
    message: object,
    type: T,
  ): Promise<Extract<BrokerMessage, { type: T }>> {
    this.#seq += 1;
    const seq = this.#seq;
    this.say({ ...message, seq });
    return await this.hears(type, (answer) => 'seq' in answer && answer.seq === seq);
  }

  async openRun(rig: BrokerRig, runId: string, over: object = {}): Promise<void> {
    await this.ask({ ...openRun(rig, runId), ...over }, 'run_opened');
  }

  /** The number of a queued call. */
  async call(runId: string, prompt: string, over: object = {}): Promise<number> {
    const answer = await this.ask(request(runId, prompt, over), 'admitted');
    if (answer.kind !== 'queued') throw new Error(`the call was ${answer.kind}`);
    return answer.call;
  }

  async granted(call: number): Promise<string> {
    return (await this.hears('granted', (message) => message.call === call)).leaseId;
  }

  async status() {
    return (await this.ask({ type: 'status' }, 'status')).status;
  }

  leave(): void {
    this.#socket.destroy();
  }
}

export function greeting(place: PoolPlace) {
  return { protocol: POOL_PROTOCOL, token: readFileSync(place.tokenFile, 'utf8').trim() };
}

export async function attach(place: PoolPlace, leaseId: string): Promise<RawClient> {
  const lease = await RawClient.dial(place);
  lease.say({ type: 'lease', ...greeting(place), leaseId });
  await lease.hears('leased');
  return lease;
}

export function openRun(rig: BrokerRig, runId: string) {
  const caps = { concurrency: 100, agents: 1000, outputTokens: null };
  const dir = rig.runDir(runId);
  return { type: 'open_run', runId, dir, caps, reuse: 'content', rehearsal: false, joinable: true };
}

export function request(runId: string, prompt: string, over: object = {}) {
  const asked = { contentHash: `c-${prompt}`, promptHash: `p-${prompt}`, label: prompt };
  return { type: 'request', runId, request: asked, priority: 'normal', repeatable: true, ...over };
}

export function journalOf(rig: BrokerRig, runId: string): Record<string, unknown>[] {
  const text = readFileSync(path.join(rig.home, 'runs', runId, 'journal.ndjson'), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** As a run's owner records it; in a run's journal from then on. */
export const ATTEMPT = {
  type: 'attempt',
  attempt: 1,
  agent: 'x',
  rehearsal: false,
  script: 's',
  options: {},
  pid: 1,
  at: 1,
};
