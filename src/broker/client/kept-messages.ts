/** What was said to a broker and may have to be said again to the next one, in the order it was made. */
import type {
  BrokerMessage,
  ClientMessage,
  HelloMessage,
  LeaseMessage,
  RequestMessage,
} from '../../wire/pool/pool-message.ts';
import type { BrokerLink } from './broker-link.ts';
import { PoolRefusal } from './pool-errors.ts';

/** Messages that nobody answers. */
export type Notice = Exclude<ClientMessage, RequestMessage | HelloMessage | LeaseMessage>;

export interface Asked {
  readonly message: RequestMessage;
  /** Asked of this broker alone, and not of the next one. */
  readonly link: BrokerLink | undefined;
  readonly answered: (answer: BrokerMessage) => void;
  readonly failed: (error: Error) => void;
}

type Kept = Asked | { readonly message: Notice; readonly link?: undefined; readonly failed?: undefined };
type Answer = Extract<BrokerMessage, { readonly seq: number }>;

/** Answers after which everything before, in the same run, is on the disk. */
const DURABLE: readonly BrokerMessage['type'][] = ['committed', 'settled', 'closed'];

export class KeptMessages {
  #lastSeq = 0;
  /** A `Map` keeps the order. */
  readonly #kept = new Map<number, Kept>();

  nextSeq(): number {
    this.#lastSeq += 1;
    return this.#lastSeq;
  }

  keepAsked(asked: Asked): void {
    this.#kept.set(asked.message.seq, asked);
  }

  keepNotice(message: Notice): void {
    this.#kept.set(this.nextSeq(), { message });
  }

  /** Hands the answer to who asked, in this turn. */
  answer(answer: Answer): void {
    const kept = this.#kept.get(answer.seq);
    if (kept?.failed === undefined) return;
    this.#kept.delete(answer.seq);
    if (answer.type === 'failed') {
      kept.failed(new PoolRefusal(answer));
      return;
    }
    if (DURABLE.includes(answer.type)) this.#forgetAppends(answer.seq, runOf(kept));
    kept.answered(answer);
  }

  /** The broker carries out one run's messages in their order: what is before a durable one is durable, too. */
  #forgetAppends(seq: number, runId: string | undefined): void {
    for (const [at, kept] of this.#kept) {
      if (at >= seq) return;
      if (kept.message.type === 'append' && runOf(kept) === runId) this.#kept.delete(at);
    }
  }

  /** What was said of a run's calls, as against what is to be written or answered. */
  forgetNotices(runId: string): void {
    this.#drop(
      (kept) => kept.failed === undefined && kept.message.type !== 'append' && runOf(kept) === runId,
    );
  }

  failLink(link: BrokerLink, error: Error): void {
    this.#drop((kept) => kept.link === link, error);
  }

  failRun(runId: string, error: Error): void {
    this.#drop((kept) => runOf(kept) === runId, error);
  }

  failAll(error: Error): void {
    this.#drop(() => true, error);
  }

  /** Everything goes out again; what waits for no answer and no disk is then done with. */
  sendAll(link: BrokerLink): void {
    for (const { message } of this.#kept.values()) link.send(message);
    this.#drop((kept) => kept.failed === undefined && kept.message.type !== 'append');
  }

  #drop(isMeant: (kept: Kept) => boolean, error?: Error): void {
    for (const [seq, kept] of this.#kept) {
      if (!isMeant(kept)) continue;
      this.#kept.delete(seq);
      if (error) kept.failed?.(error);
    }
  }
}

function runOf({ message }: Kept): string | undefined {
  return 'runId' in message ? message.runId : undefined;
}
