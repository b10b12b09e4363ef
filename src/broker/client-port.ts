/** A client, as runs see it: whose calls they are, and where to say something about them. */
import type { BrokerMessage, ClientMessage, ProcessMark } from '../wire/pool/pool-message.ts';

export interface Client {
  readonly mark: ProcessMark;
  send(message: BrokerMessage): void;
}

export type Message<T extends ClientMessage['type']> = Extract<ClientMessage, { readonly type: T }>;
export type FailedReason = Extract<BrokerMessage, { readonly type: 'failed' }>['reason'];

/** A request that cannot be carried out: becomes a `failed`. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: FailedReason;
  constructor(reason: FailedReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
