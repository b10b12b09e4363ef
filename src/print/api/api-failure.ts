/** Puts what the SDK throws into words and facts: which status, whether another attempt makes sense, and when. */
import { type CredentialsFailure, isCredentialsFailure } from './connection.ts';
import { HttpHeaders } from './http-headers.ts';
import type { ApiFailure, ApiUsage } from './model.ts';
import { withoutCredentials } from './no-credentials.ts';

/** The parts of the SDK's errors that are read here; any of them may be missing. */
interface ThrownByApi {
  readonly status?: unknown;
  readonly type?: unknown;
  readonly apiMessage?: unknown;
  readonly headers?: unknown;
  readonly cause?: unknown;
}

const WORDS: Readonly<Record<number, string>> = {
  401: 'authentication_failed',
  402: 'billing_error',
  403: 'authentication_failed',
  404: 'model_not_found',
  413: 'invalid_request',
  429: 'rate_limit',
  529: 'overloaded',
};

export interface FailedRequest {
  readonly model: string;
  readonly usage: ApiUsage | undefined;
  /** What a person is told before the provider's own words when it lets us not in. */
  readonly denied: string;
}

export function apiFailure(error: Error, request: FailedRequest): ApiFailure {
  const unproven = credentialsFailureIn(error);
  if (unproven !== undefined) return withoutCredentials(unproven.message, request.usage);
  const thrown = error as ThrownByApi;
  const status = typeof thrown.status === 'number' ? thrown.status : null;
  const type = typeof thrown.type === 'string' ? thrown.type : undefined;
  const headers = isHeaders(thrown.headers) ? thrown.headers : new HttpHeaders();
  const message = messageFor(error, status, request);
  return {
    kind: 'failure',
    status,
    type,
    word: wordFor(status, type, message),
    message,
    isRetryable: isRetryable(error, status, headers),
    retryAfterMs: retryAfterMs(headers),
    usage: request.usage,
  };
}

/** Node's own or ours. */
type ReadableHeaders = Pick<HttpHeaders, 'get'>;

function isHeaders(value: unknown): value is ReadableHeaders {
  return typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function';
}

/** Measured: of the many things that a 400 may mean, one has a word. */
function wordFor(status: number | null, type: string | undefined, message: string): string {
  if (type === 'overloaded_error') return 'overloaded';
  if (status === null) return 'unknown';
  if (status === 400) return /prompt is too long/i.test(message) ? 'invalid_request' : 'unknown';
  return (
    WORDS[status] ?? (status >= 500 || status === 408 || status === 409 ? 'server_error' : 'invalid_request')
  );
}

function isRetryable(error: Error, status: number | null, headers: ReadableHeaders): boolean {
  const told = headers.get('x-should-retry');
  if (told !== null) return told === 'true';
  if (status === null) return isLostConnection(error);
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/**
 * What breaks on the network has the system's reason as its cause's cause. A request that could not even be made (a key
 * with a line feed in it, an address that is none) has not, and fails the same way each time.
 */
function isLostConnection({ cause }: Error): boolean {
  return !(cause instanceof TypeError && cause.cause === undefined);
}

function messageFor(error: Error, status: number | null, { model, denied }: FailedRequest): string {
  const { apiMessage } = error as ThrownByApi;
  const said = typeof apiMessage === 'string' ? apiMessage : saidIn(withoutStatus(error.message, status));
  if (status === null) return `API Error: ${said}${lastCause(error, said)}`;
  const plain = `API Error: ${status} ${said}`;
  if (status === 401 || status === 403) return `${denied} ${plain}`;
  return status === 404 ? `${plain} (is there a model ${model}, and may this key use it?)` : plain;
}

/** It comes wrapped by the SDK, perhaps more than once. */
function credentialsFailureIn(error: unknown): CredentialsFailure | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isCredentialsFailure(cause)) return cause;
  }
  return undefined;
}

/** Azure and Google put their sentence one level down, and the SDK then takes the whole body for it. */
function saidIn(message: string): string {
  if (!message.startsWith('{')) return message;
  try {
    const body = JSON.parse(message) as { readonly error?: { readonly message?: unknown } | null };
    return typeof body.error?.message === 'string' ? body.error.message : message;
  } catch {
    return message;
  }
}

function withoutStatus(message: string, status: number | null): string {
  return status !== null && message.startsWith(`${status} `) ? message.slice(`${status} `.length) : message;
}

/** "Connection error." says nothing; the system's own reason is at the end of the chain of causes. */
function lastCause(error: Error, said: string): string {
  let cause: unknown = error.cause;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  if (!(cause instanceof Error) || cause.message === said) return '';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return ` (${cause.message === '' ? code : cause.message})`;
}

function retryAfterMs(headers: ReadableHeaders): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (ms >= 0) return ms;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 ? seconds * 1000 : undefined;
}
