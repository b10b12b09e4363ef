/** Stands in for the model where there is no way to reach one: a failure like any other, told before any request. */
import { SET_CREDENTIALS } from '../../wire/environment/credential-variables.ts';
import type { ApiFailure, ApiUsage, Model, ModelAnswer } from './model.ts';

export const NOT_LOGGED_IN = `Not logged in · ${SET_CREDENTIALS}`;

export class NoCredentials implements Model {
  readonly #message: string;

  constructor(message: string) {
    this.#message = message;
  }

  async answer(): Promise<ModelAnswer> {
    return withoutCredentials(this.#message, undefined);
  }
}

export function withoutCredentials(message: string, usage: ApiUsage | undefined): ApiFailure {
  return {
    kind: 'failure',
    status: null,
    type: undefined,
    word: 'authentication_failed',
    message,
    isRetryable: false,
    retryAfterMs: undefined,
    usage,
  };
}

/** Said here because what the HTTP client says about such a value quotes it, and this text goes into transcripts. */
export function unusableMessage(variable: string, value: string): string | undefined {
  if (isSendable(value)) return undefined;
  return `Not logged in · ${variable} holds white space or another character that no key has, so it cannot be sent: set it again`;
}

export function isSendable(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key);
}
