/** The way to the model: which provider, key and address the environment names, and what stands in for a model that cannot be reached. */
import type { Environment, Program } from '../core/program.ts';
import { modelProvider } from '../wire/environment/model-provider.ts';
import { baseUrlIn } from './api/base-url.ts';
import { type Connection, CredentialsFailure, isCredentialsFailure } from './api/connection.ts';
import { httpFetch } from './api/http-fetch.ts';
import { KeyHelper } from './api/key-helper.ts';
import type { Model } from './api/model.ts';
import { NOT_LOGGED_IN, NoCredentials } from './api/no-credentials.ts';
import { customHeadersIn, type OwnCredentials, secretIn } from './api/request-credentials.ts';
import { watchedFetch } from './api/silence.ts';
import * as environment from './environment.ts';
import { setting } from './environment.ts';
import type { Settings } from './settings/settings.ts';

type World = Pick<Program, 'env' | 'clock'>;
type KeySettings = Pick<Settings, 'apiKeyHelper'>;

/** `projectDir`: where a helper is run, as measured: that of the project's settings. */
export async function modelFor(program: World, settings: KeySettings, projectDir: string): Promise<Model> {
  try {
    const connection = await connectionFor(program, ownCredentials(program, settings, projectDir));
    const { AnthropicModel } = await import('./api/anthropic-model.ts');
    return new AnthropicModel(connection);
  } catch (error) {
    if (isCredentialsFailure(error)) return new NoCredentials(error.message);
    throw error;
  }
}

/** Each provider is a file of its own, loaded where it is asked for: they bring packages of half a megabyte and more. */
async function connectionFor({ env, clock }: World, own: OwnCredentials): Promise<Connection> {
  const fetchThrough = watchedFetch(await fetchFor(env), clock);
  const deps = { env, own, fetchThrough };
  switch (modelProvider(env)) {
    case 'bedrock':
      return (await import('./api/bedrock-connection.ts')).connectBedrock(deps);
    case 'foundry':
      return (await import('./api/foundry-connection.ts')).connectFoundry(deps);
    case 'vertex':
      return await (await import('./api/vertex-connection.ts')).connectVertex(deps);
    case 'anthropic': {
      const { apiKey, authToken, helper } = own;
      if ((apiKey ?? authToken ?? helper) === undefined) throw new CredentialsFailure(NOT_LOGGED_IN);
      const { connectAnthropic } = await import('./api/anthropic-connection.ts');
      return connectAnthropic(own, baseUrlIn(env, environment.ANTHROPIC_BASE_URL), fetchThrough);
    }
  }
}

const PROXIES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

async function fetchFor(env: Environment): Promise<Parameters<typeof watchedFetch>[0]> {
  if (PROXIES.every((name) => setting(env, name) === undefined)) return httpFetch;
  return (await import('./api/proxied-fetch.ts')).proxiedFetch(env);
}

/** As measured, five minutes. */
const HELPER_TTL_MS = 300_000;

function ownCredentials(
  { env, clock }: World,
  { apiKeyHelper }: KeySettings,
  projectDir: string,
): OwnCredentials {
  const { ANTHROPIC_CUSTOM_HEADERS, CLAUDE_CODE_API_KEY_HELPER_TTL_MS } = environment;
  const ttlMs = Number(setting(env, CLAUDE_CODE_API_KEY_HELPER_TTL_MS) ?? Number.NaN);
  return {
    apiKey: secretIn(env, environment.ANTHROPIC_API_KEY),
    authToken: secretIn(env, environment.ANTHROPIC_AUTH_TOKEN),
    helper:
      apiKeyHelper === undefined
        ? undefined
        : new KeyHelper({
            command: apiKeyHelper,
            cwd: projectDir,
            env,
            clock,
            ttlMs: ttlMs >= 0 ? ttlMs : HELPER_TTL_MS,
          }),
    customHeaders: customHeadersIn(ANTHROPIC_CUSTOM_HEADERS, env[ANTHROPIC_CUSTOM_HEADERS]),
  };
}

/** As measured, whatever the provider. */
export function keySource(env: Environment, { apiKeyHelper }: KeySettings): string {
  if (setting(env, environment.ANTHROPIC_API_KEY) !== undefined) return environment.ANTHROPIC_API_KEY;
  return apiKeyHelper === undefined ? 'none' : 'apiKeyHelper';
}
