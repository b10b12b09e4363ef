/** Stands in for the model where there is no key to reach one with: a failure like any other, told before any request. */
import type { Model, ModelAnswer } from './model.ts';

export class NoCredentials implements Model {
  async answer(): Promise<ModelAnswer> {
    return {
      kind: 'failure',
      status: null,
      type: undefined,
      word: 'authentication_failed',
      message: 'Not logged in · Set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN',
      isRetryable: false,
      retryAfterMs: undefined,
      usage: undefined,
    };
  }
}
