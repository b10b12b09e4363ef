/** One connection to one broker that lives, from its welcome to its end. What comes after its end is somebody else's. */
import { connect, type Socket } from 'node:net';
import { type Program, VERSION } from '../../core/program.ts';
import { readMessages } from '../../wire/pool/message-lines.ts';
import {
  type BrokerMessage,
  type ClientMessage,
  encodeMessage,
  POOL_PROTOCOL,
} from '../../wire/pool/pool-message.ts';
import { markOf } from '../../wire/processes/process-mark.ts';
import { type PoolPlace, readSocketNote, readToken, type SocketNote } from '../pool-place.ts';
import { PoolUnreachable } from './pool-errors.ts';

/** Contract: called in the order things came; `closed` once, and nothing after it. */
export interface LinkListener {
  message(message: BrokerMessage): void;
  closed(): void;
}

/** No broker answered, this time. The message says what was seen. */
export class NobodyAnswers extends Error {
  override readonly name = 'NobodyAnswers';
  /** `absent`: nobody listens, and nobody will unless a broker is started. `silent`: somebody does, or did a moment ago. */
  readonly kind: 'absent' | 'silent';
  constructor(kind: 'absent' | 'silent', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Of `connect`: a socket that is gone, or that nobody has open any more. */
const ABSENT = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'];

export class BrokerLink {
  readonly slots: number;
  readonly socketPath: string;
  readonly token: string;
  readonly #socket: Socket;
  #listener: LinkListener | undefined;
  #closed = false;
  #unsent: string[] = [];

  constructor(socket: Socket, slots: number, socketPath: string, token: string) {
    this.#socket = socket;
    this.slots = slots;
    this.socketPath = socketPath;
    this.token = token;
    socket.once('close', () => {
      this.#closed = true;
      this.#listener?.closed();
    });
  }

  /** From now on what comes is told; to be called in the turn the link was had in. */
  listen(listener: LinkListener): void {
    this.#listener = listener;
    if (this.#closed) listener.closed();
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  deliver(message: BrokerMessage): void {
    this.#listener?.message(message);
  }

  send(message: ClientMessage): void {
    // What is said in one turn goes out in one write: a thousand requests at once are a handful of system calls.
    if (this.#unsent.length === 0) queueMicrotask(() => this.#flush());
    this.#unsent.push(encodeMessage(message));
  }

  #flush(): void {
    const text = this.#unsent.join('');
    this.#unsent = [];
    if (text !== '' && this.#socket.writable) this.#socket.write(text);
  }

  /** Resolves once all that was sent has left this process, or cannot. */
  async end(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#closed) return resolve();
      this.#flush();
      this.#socket.once('close', () => resolve());
      this.#socket.end(() => resolve());
    });
    this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** Rejects with `NobodyAnswers`, with `PoolUnreachable` where trying again is no use, or when `signal` aborts. */
export function openLink(
  place: PoolPlace,
  { pid }: Pick<Program, 'pid'>,
  signal: AbortSignal,
): Promise<BrokerLink> {
  const note = readSocketNote(place);
  const token = readToken(place);
  if (note === undefined)
    return Promise.reject(new NobodyAnswers('absent', `there is no ${place.socketNoteFile}`));
  if (token === undefined)
    return Promise.reject(new NobodyAnswers('absent', `there is no ${place.tokenFile}`));
  return new Promise((resolve, reject) => {
    const socket = connect(note.path);
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void =>
      fail(new NobodyAnswers('silent', `the broker with pid ${note.pid} did not answer`));
    const onClose = (): void => fail(new NobodyAnswers('silent', `the broker with pid ${note.pid} hung up`));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    // After the welcome an error only comes before a close.
    socket.on('error', ({ code = 'error' }: NodeJS.ErrnoException) =>
      fail(new NobodyAnswers(ABSENT.includes(code) ? 'absent' : 'silent', `${note.path}: ${code}`)),
    );
    socket.once('close', onClose);
    let link: BrokerLink | undefined;
    readMessages(socket, {
      message(any) {
        const message = any as unknown as BrokerMessage;
        if (link) return link.deliver(message);
        if (message.type !== 'welcome') return fail(unwelcome(message, note));
        signal.removeEventListener('abort', onAbort);
        socket.off('close', onClose);
        link = new BrokerLink(socket, message.slots, note.path, token);
        resolve(link);
      },
      // A broker that cannot be understood is treated as one that has died: what it was asked is asked again.
      malformed: (quote) => fail(new NobodyAnswers('silent', `the broker said ${JSON.stringify(quote)}`)),
    });
    const client = markOf(pid);
    socket.write(encodeMessage({ type: 'hello', protocol: POOL_PROTOCOL, version: VERSION, token, client }));
  });
}

function unwelcome(message: BrokerMessage, note: SocketNote): Error {
  if (message.type !== 'unwelcome') {
    return new NobodyAnswers('silent', `the broker answered ${JSON.stringify(message.type)} to a hello`);
  }
  const broker = `the pool's broker is andwait ${note.version} (pid ${note.pid})`;
  switch (message.reason) {
    case 'ending':
      return new NobodyAnswers('silent', `the broker with pid ${note.pid} is ending`);
    case 'protocol':
      return new PoolUnreachable(
        'other-version',
        `${broker}, this is andwait ${VERSION} with protocol ${POOL_PROTOCOL}, and they do not understand each other (${message.message}); end it with \`andwait pool stop --force\` (which ends what runs there, too), then try again`,
      );
    case 'token':
      return new PoolUnreachable(
        'token',
        `${broker} and does not take the pool's token (${message.message}); end it with \`kill ${note.pid}\`, then try again`,
      );
  }
}
