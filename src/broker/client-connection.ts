/** One connection to the broker, from its first byte: who it is, what it says, and bounds on both before anybody is believed. */
import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { VERSION } from '../core/program.ts';
import { type AnyMessage, readMessages } from '../wire/pool/message-lines.ts';
import {
  type BrokerMessage,
  encodeMessage,
  type HelloMessage,
  type LeaseMessage,
  POOL_PROTOCOL,
} from '../wire/pool/pool-message.ts';
import { type ControlMessage, decodeClientMessage } from '../wire/pool/pool-schema.ts';

/** Of a first line; a hello has some 300. */
const MAX_GREETING_BYTES = 8 * 1024;
/** What may wait for a client that does not read before it is cut. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;
const GREETING_MS = 5000;
/** A client that keeps talking nonsense is cut after so many lines. */
const MAX_MALFORMED = 100;

export interface ConnectionHost {
  readonly token: string;
  readonly pid: number;
  readonly isEnding: boolean;
  readonly slots: number;
  after(ms: number, callback: () => void): () => void;
  /** A client of ours. What it is told about comes in order, `closed` last. */
  welcome(hello: HelloMessage, connection: ClientConnection): ConnectionListener;
  /** `false`: no such slot. */
  lease(leaseId: string, socket: Socket): boolean;
  /** A bug: the broker cannot go on. */
  fail(error: Error): void;
}

export interface ConnectionListener {
  message(message: ControlMessage): void;
  closed(): void;
}

export class ClientConnection {
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  #state: 'new' | 'client' | 'lease' | 'over' = 'new';
  #listener: ConnectionListener | undefined;
  #greetingBytes = 0;
  #isGathering = false;
  #malformed = 0;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    // ECONNRESET and EPIPE: the close that follows tells all there is to know.
    socket.on('error', () => {});
    const tooLate = host.after(GREETING_MS, () => {
      if (this.#state === 'new') socket.destroy();
    });
    socket.on('close', () => {
      tooLate();
      this.#state = 'over';
      this.#guard(() => this.#listener?.closed());
    });
    // Before the splitter: nobody who is not known makes us keep more than a few kilobytes.
    socket.on('data', (chunk: Buffer) => this.#bound(chunk));
    readMessages(socket, {
      message: (message) => this.#guard(() => this.#message(message)),
      malformed: (quote) =>
        this.#guard(() => this.#bad(undefined, `not a message: ${JSON.stringify(quote)}`)),
    });
  }

  send(message: BrokerMessage): void {
    if (this.#socket.destroyed) return;
    this.#gather();
    this.#socket.write(encodeMessage(message));
    if (this.#socket.writableLength > MAX_UNREAD_BYTES) this.#socket.destroy();
  }

  /** What is said in one turn of the event loop goes out in one system call, which costs more than all of it. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#socket.cork();
    setImmediate(() => {
      this.#isGathering = false;
      this.#socket.uncork();
    });
  }

  end(): void {
    this.#socket.end();
  }

  #bound(chunk: Buffer): void {
    if (this.#state !== 'new') return;
    const end = chunk.indexOf(10);
    this.#greetingBytes += end === -1 ? chunk.length : end;
    if (this.#greetingBytes > MAX_GREETING_BYTES) this.#socket.destroy();
  }

  #message(any: AnyMessage): void {
    if (this.#state === 'over' || this.#state === 'lease' || this.#socket.destroyed) return;
    const decoded = decodeClientMessage(any);
    if (this.#state === 'new') {
      // What another version means by its greeting is not judged by our schema: only its number is.
      const theirs = any['protocol'];
      if (typeof theirs === 'number' && theirs !== POOL_PROTOCOL) {
        this.#otherProtocol(theirs);
        return;
      }
      if (decoded.kind === 'malformed') {
        this.#reject('protocol', decoded.problem);
        return;
      }
      const { message } = decoded;
      if (message.type === 'hello') {
        this.#hello(message);
        return;
      }
      if (message.type === 'lease') {
        this.#lease(message);
        return;
      }
      this.#reject('protocol', `expected a hello, not ${JSON.stringify(message.type)}`);
      return;
    }
    if (decoded.kind === 'malformed') {
      this.#bad(decoded.seq, decoded.problem);
      return;
    }
    const { message } = decoded;
    if (message.type === 'hello' || message.type === 'lease') {
      this.#bad(undefined, `a second ${message.type}`);
      return;
    }
    this.#listener?.message(message);
  }

  #hello(hello: HelloMessage): void {
    if (!this.#knows(hello.token)) {
      this.#reject('token', 'the token is not this pool’s');
      return;
    }
    if (this.#host.isEnding) {
      this.#reject('ending', 'the broker is ending; start another');
      return;
    }
    this.#state = 'client';
    const { pid, slots } = this.#host;
    this.send({ type: 'welcome', version: VERSION, pid, slots });
    this.#listener = this.#host.welcome(hello, this);
  }

  /** From here on it is the agent's, which is not trusted: every byte of it is thrown away unread. */
  #lease({ token, leaseId }: LeaseMessage): void {
    const socket = this.#socket;
    if (!this.#knows(token)) {
      this.#reject('token', 'the token is not this pool’s');
      return;
    }
    this.#state = 'lease';
    socket.removeAllListeners('data');
    if (!this.#host.lease(leaseId, socket)) {
      socket.destroy();
      return;
    }
    socket.resume();
    socket.write(encodeMessage({ type: 'leased' }));
  }

  #knows(token: string): boolean {
    const [theirs, ours] = [Buffer.from(token), Buffer.from(this.#host.token)];
    return theirs.length === ours.length && timingSafeEqual(theirs, ours);
  }

  #otherProtocol(theirs: number): void {
    this.#reject(
      'protocol',
      `this broker (andwait ${VERSION}) speaks protocol ${POOL_PROTOCOL}, not ${theirs}`,
    );
  }

  #reject(reason: 'protocol' | 'token' | 'ending', message: string): void {
    this.#state = 'over';
    this.#socket.end(encodeMessage({ type: 'unwelcome', reason, message }));
    // Whoever goes on talking is not waited for.
    this.#socket.removeAllListeners('data');
    this.#socket.resume();
  }

  #bad(seq: number | undefined, message: string): void {
    if (this.#state === 'new') {
      this.#reject('protocol', message);
      return;
    }
    if (this.#state !== 'client') return;
    this.#malformed += 1;
    // Nobody can wait for the answer to what had no number.
    if (seq !== undefined) this.send({ type: 'failed', seq, reason: 'malformed', message });
    if (this.#malformed > MAX_MALFORMED) this.#socket.destroy();
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#host.fail(error as Error);
    }
  }
}
