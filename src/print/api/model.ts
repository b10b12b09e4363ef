/** The model, as a session sees it: asked with a whole conversation, it answers with one message or says why not. */
import type { Effort } from '../../core/call.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ContentBlock } from '../../wire/events/event.ts';

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  /** A tool that the API itself runs: what is sent in place of all the rest. */
  readonly asServerTool?: JsonObject;
}

export interface ConversationMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
}

export interface ModelRequest {
  readonly model: string;
  readonly system: string;
  /** What differs from place to place, apart from what is the same everywhere. */
  readonly context?: string;
  readonly messages: readonly ConversationMessage[];
  readonly tools: readonly ToolSpec[];
  readonly effort: Effort | undefined;
}

/** Tokens of one request, in the API's kinds. */
export interface ApiUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  /** Searches that the API made; they are billed one by one. */
  readonly webSearches?: number;
  /** The API did not count all of it: what it costs is not known. */
  readonly isUncounted?: boolean;
}

export interface ModelReply {
  readonly kind: 'reply';
  readonly id: string;
  readonly model: string;
  readonly blocks: readonly ContentBlock[];
  readonly stopReason: string | null;
  readonly usage: ApiUsage;
  readonly requestId: string | undefined;
}

export interface ApiFailure {
  readonly kind: 'failure';
  /** HTTP status; `null` when there was no answer, or an answer that broke off. */
  readonly status: number | null;
  /** The API's name for it: `rate_limit_error`. */
  readonly type: string | undefined;
  /** The events' word for it: `rate_limit`. */
  readonly word: string;
  /** For a person. */
  readonly message: string;
  readonly isRetryable: boolean;
  /** How long the API asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  /** What was billed before it broke off. */
  readonly usage: ApiUsage | undefined;
}

export type ModelAnswer = ModelReply | ApiFailure;

/** Told of each piece of a message as it comes, in the API's own words. Contract: never throws. */
export type PieceListener = (piece: JsonObject) => void;

/** Told what an answer that nobody waits for any more was billed up to then. Contract: never throws. */
export type AbandonedListener = (billed: ApiUsage) => void;

/** Contract: never rejects for what the API does; rejects with the signal's reason when that is aborted; never retries by itself. */
export interface Model {
  answer(
    request: ModelRequest,
    signal: AbortSignal,
    onPiece?: PieceListener,
    onAbandoned?: AbandonedListener,
  ): Promise<ModelAnswer>;
}
