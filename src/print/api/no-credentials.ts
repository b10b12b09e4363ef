/** Stands in for the model where there is no key to reach one with: a failure like any other, told before any request. */
import type { Model, ModelAnswer } from './model.ts';

export const NOT_LOGGED_IN = 'Not logged in · Set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN';

export class NoCredentials implements Model {
  readonly #message: string;

  constructor(message: string) {
    this.#message = message;
  }

  async answer(): Promise<ModelAnswer> {
    return {
      kind: 'failure',
      status: null,
      type: undefined,
      word: 'authentication_failed',
      message: this.#message,
      isRetryable: false,
      retryAfterMs: undefined,
      usage: undefined,
    };
  }
}

/** Said here because what the HTTP client says about such a value quotes it, and this text goes into transcripts. */
export function unusableMessage(variable: string, value: string): string | undefined {
  if (/^[\x21-\x7e]+$/.test(value)) return undefined;
  return `Not logged in · ${variable} holds white space or another character that no key has, so it cannot be sent: set it again`;
}
