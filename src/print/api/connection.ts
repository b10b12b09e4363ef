/** The way to one provider, as the model sees it: a client of the SDK that knows address and wire, and what a request needs besides. */
import type Anthropic from '@anthropic-ai/sdk';
import type { JsonObject } from '../../core/json.ts';

export interface MessagesClient {
  readonly messages: Pick<Anthropic['messages'], 'stream'>;
}

export interface Connection {
  /** A model may be served elsewhere than the others. Throws `CredentialsFailure`. */
  clientFor(model: string): MessagesClient;
  readonly credentials: RequestCredentials;
  /** Fields of each request's body that this provider wants. */
  readonly params: JsonObject;
  /** What a person is told before the provider's own words when it lets us not in. */
  readonly denied: string;
}

export interface RequestCredentials {
  /** Headers of the next request; `null` keeps the SDK from sending one. Rejects with `CredentialsFailure`. */
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string | null>>>;
  /** The provider refused them. Returns whether the next request would bring others. */
  renew(): boolean;
}

const FAILURE_NAME = 'CredentialsFailure';

/**
 * There is nothing to ask with: asked again at once, the same would come of it. The message is for a person and for
 * transcripts, and holds no credential and no command.
 */
export class CredentialsFailure extends Error {
  override readonly name = FAILURE_NAME;
}

/** By name: providers are bundled apart, each with a class of its own. */
export function isCredentialsFailure(error: unknown): error is CredentialsFailure {
  return error instanceof Error && error.name === FAILURE_NAME;
}
