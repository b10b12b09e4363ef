/** Anthropic's own API, or a gateway that speaks its language. */
import type { Connection } from './connection.ts';
import { messagesOf } from './messages-client.ts';
import { headerCredentials, type OwnCredentials } from './request-credentials.ts';

/**
 * A key goes out as `x-api-key`, as the real program sends it: gateways that stand in for the API look for it there. The
 * client itself is given none, or it would look for others in the user's files. `logLevel: off`, because the SDK would
 * write to the very stdout that carries the events.
 */
export function connectAnthropic(
  own: OwnCredentials,
  baseUrl: string | undefined,
  fetchThrough: typeof fetch,
): Connection {
  const messages = messagesOf({
    baseURL: baseUrl ?? null,
    apiKey: PER_REQUEST,
    authToken: null,
    maxRetries: 0,
    logLevel: 'off',
    fetch: fetchThrough,
  });
  return {
    clientFor: () => ({ messages }),
    credentials: headerCredentials(own, 'key-and-token'),
    params: {},
    denied: 'Failed to authenticate.',
  };
}

/** Never sent: the headers of each request replace it. */
const PER_REQUEST = 'set-per-request';
