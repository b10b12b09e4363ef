/** A broker that does what the test tells it, message by message: answers, hangs up between any two, comes back in the same place. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { PoolProgram } from '../../../../src/broker/client/pool-client.ts';
import type { Clock } from '../../../../src/core/ports.ts';
import { readMessages } from '../../../../src/wire/pool/message-lines.ts';
import {
  type BrokerMessage,
  type ClientMessage,
  encodeMessage,
} from '../../../../src/wire/pool/pool-message.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

export const TOKEN = 'ab'.repeat(32);

/** A client's program in a folder of its own; whatever starts a broker starts a program that ends at once. */
export function programIn(home: string, clock: Clock, over: Partial<PoolProgram> = {}): PoolProgram {
  return {
    env: { ANDWAIT_HOME: home },
    clock,
    random: () => 0.5,
    nodePath: '/bin/true',
    distDir: '/nowhere',
    uid: process.getuid?.() ?? 0,
    pid: process.pid,
    homeDir: home,
    ...over,
  };
}

export type Typed<T extends ClientMessage['type']> = Extract<ClientMessage, { readonly type: T }>;

/** One connection, seen from the broker. */
export class Peer {
  readonly #socket: Socket;
  readonly #inbox: ClientMessage[] = [];
  readonly #waiting: ((message: ClientMessage) => void)[] = [];
  readonly ended: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    this.ended = new Promise((resolve) => {
      socket.once('close', () => resolve());
    });
    readMessages(socket, {
      message: (any) => {
        const message = any as unknown as ClientMessage;
        const waiting = this.#waiting.shift();
        if (waiting) waiting(message);
        else this.#inbox.push(message);
      },
      malformed: (quote) => {
        throw new Error(`a client sent ${quote}`);
      },
    });
  }

  /** The next message, which must be of that type. */
  async next<T extends ClientMessage['type']>(type: T): Promise<Typed<T>> {
    const message = await this.#next();
    if (message.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(message)}`);
    return message as Typed<T>;
  }

  #next(): Promise<ClientMessage> {
    const message = this.#inbox.shift();
    if (message) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  send(...messages: readonly BrokerMessage[]): void {
    this.#socket.write(messages.map(encodeMessage).join(''));
  }

  sendText(text: string): void {
    this.#socket.write(text);
  }

  hangUp(): void {
    this.#socket.destroy();
  }

  async welcome(slots = 3): Promise<Typed<'hello'>> {
    const hello = await this.next('hello');
    this.send({ type: 'welcome', version: '9.9.9', pid: 4242, slots });
    return hello;
  }
}

let made = 0;

export class FakeBroker {
  readonly socketPath: string;
  readonly #server: Server;
  readonly #peers: Peer[] = [];
  readonly #waiting: ((peer: Peer) => void)[] = [];
  readonly #all = new Set<Peer>();

  private constructor(server: Server, socketPath: string) {
    this.#server = server;
    this.socketPath = socketPath;
    server.on('connection', (socket) => {
      const peer = new Peer(socket);
      this.#all.add(peer);
      const waiting = this.#waiting.shift();
      if (waiting) waiting(peer);
      else this.#peers.push(peer);
    });
  }

  /** Listens, and says so in the pool's folder: whoever connects from now on finds it, and no earlier one. */
  static async start(home: string): Promise<FakeBroker> {
    const pool = path.join(home, 'pool');
    mkdirSync(pool, { recursive: true, mode: 0o700 });
    made += 1;
    const socketPath = path.join(pool, `s-${made}.sock`);
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(socketPath, resolve);
    });
    writeFileSync(path.join(pool, 'token'), TOKEN, { mode: 0o600 });
    const note = { path: socketPath, pid: 4242, version: '9.9.9' };
    writeFileSync(path.join(pool, 'socket.json'), JSON.stringify(note), { mode: 0o600 });
    const broker = new FakeBroker(server, socketPath);
    onTestFinished(() => broker.die());
    return broker;
  }

  peer(): Promise<Peer> {
    const peer = this.#peers.shift();
    if (peer) return Promise.resolve(peer);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** As a crash leaves it: `socket.json` still names a socket that nobody answers on. */
  die(): void {
    this.#server.close();
    for (const peer of this.#all) peer.hangUp();
  }

  /** Another one takes its place, then this one is gone. */
  async replacedIn(home: string): Promise<FakeBroker> {
    const next = await FakeBroker.start(home);
    this.die();
    return next;
  }
}

export function poolHome(): string {
  return temporaryFolder();
}
