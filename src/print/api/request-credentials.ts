/** The headers that prove who asks: a key, a token, what a helper program prints, and headers of the user's own, which beat all. */
import type { Environment } from '../../core/program.ts';
import { setting } from '../environment.ts';
import { CredentialsFailure, type RequestCredentials } from './connection.ts';
import type { KeyHelper } from './key-helper.ts';
import { unusableMessage } from './no-credentials.ts';

export interface OwnCredentials {
  readonly apiKey: string | undefined;
  readonly authToken: string | undefined;
  /** Stands in for whichever of the two is not there. */
  readonly helper: KeyHelper | undefined;
  readonly customHeaders: CustomHeaders;
}

/** What the connection to a cloud is made of. */
export interface CloudDeps {
  readonly env: Environment;
  /** Anthropic's own: sent to a gateway that keeps the cloud's credentials to itself, never to the cloud. */
  readonly own: OwnCredentials;
  readonly fetchThrough: typeof fetch;
}

export type CustomHeaders = Readonly<Record<string, string>>;

/** The line feed at the end of a file that a key was read from is no part of it. Throws `CredentialsFailure`. */
export function secretIn(env: Environment, variable: string): string | undefined {
  const value = setting(env, variable)?.trim() || undefined;
  const unusable = value === undefined ? undefined : unusableMessage(variable, value);
  if (unusable !== undefined) throw new CredentialsFailure(unusable);
  return value;
}

/** For Anthropic's API, and for gateways that speak a cloud's dialect and keep its credentials to themselves. */
export function headerCredentials(
  { apiKey, authToken, helper, customHeaders }: OwnCredentials,
  sends: 'key-and-token' | 'token',
): RequestCredentials {
  return {
    async headers(signal) {
      const given = helper === undefined ? undefined : await helper.key(signal);
      const key = sends === 'token' ? undefined : (apiKey ?? given);
      const token = authToken ?? given;
      return {
        'x-api-key': key ?? null,
        authorization: token === undefined ? null : `Bearer ${token}`,
        ...customHeaders,
      };
    },
    renew: () => helper?.forget() ?? false,
  };
}

/** For a cloud: its own package signs; nothing of Anthropic's is sent there. */
export function signedByCloud(customHeaders: CustomHeaders, renew: () => boolean): RequestCredentials {
  return { headers: async () => customHeaders, renew };
}

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Looked at here because what the HTTP client says about a bad one quotes it. */
export function customHeadersIn(variable: string, text: string | undefined): CustomHeaders {
  const headers: Record<string, string> = {};
  for (const [index, line] of (text ?? '').split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    const value = line.slice(colon + 1).trim();
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) {
      throw new CredentialsFailure(
        `line ${index + 1} of ${variable} is no header: expected "Name: value", a line each (its text is not repeated here, it may be secret)`,
      );
    }
    headers[name.toLowerCase()] = value;
  }
  return headers;
}
