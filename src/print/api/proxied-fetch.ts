/** `fetch` through the proxy that the environment names: the one of Node 20 and 22 knows none. Loaded only where there is one. */
import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';
import type { Environment } from '../../core/program.ts';
import { setting } from '../environment.ts';
import { CredentialsFailure } from './connection.ts';

export function proxiedFetch(env: Environment): typeof fetch {
  const httpProxy = proxyIn(env, 'http_proxy');
  const httpsProxy = proxyIn(env, 'https_proxy');
  const noProxy = either(env, 'no_proxy');
  const dispatcher = new EnvHttpProxyAgent({
    // Plain requests are handed to the proxy as such: many let no tunnel through to port 80.
    proxyTunnel: false,
    ...(httpProxy === undefined ? {} : { httpProxy }),
    ...(httpsProxy === undefined ? {} : { httpsProxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
  });
  type Input = Parameters<typeof undiciFetch>;
  const through = async (input: unknown, init: object | undefined): Promise<unknown> =>
    await undiciFetch(input as Input[0], { ...init, dispatcher } as Input[1]);
  return through as typeof fetch;
}

/** What the URL parser says of a bad one quotes it, password and all. */
function proxyIn(env: Environment, name: 'http_proxy' | 'https_proxy'): string | undefined {
  const value = either(env, name);
  if (value === undefined) return undefined;
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw new CredentialsFailure(
    `${name.toUpperCase()} is no address of a proxy: expected http://host:port (its text is not repeated here, it may hold a password)`,
  );
}

function either(env: Environment, name: string): string | undefined {
  return setting(env, name) ?? setting(env, name.toUpperCase());
}
