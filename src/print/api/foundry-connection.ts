/** Microsoft Foundry, through Anthropic's package for it. Asked with a key or a token; no login at Entra is made here. */
import { AnthropicFoundry } from '@anthropic-ai/foundry-sdk';
import type { Environment } from '../../core/program.ts';
import { isOn } from '../../wire/environment/model-provider.ts';
import { setting } from '../environment.ts';
import { baseUrlIn } from './base-url.ts';
import { type Connection, CredentialsFailure } from './connection.ts';
import { type CloudDeps, headerCredentials, type OwnCredentials, secretIn } from './request-credentials.ts';

const KEY = 'ANTHROPIC_FOUNDRY_API_KEY';
const TOKEN = 'ANTHROPIC_FOUNDRY_AUTH_TOKEN';
const RESOURCE = 'ANTHROPIC_FOUNDRY_RESOURCE';
const BASE_URL = 'ANTHROPIC_FOUNDRY_BASE_URL';

export function connectFoundry({ env, own, fetchThrough }: CloudDeps): Connection {
  const skipsAuth = isOn(env['CLAUDE_CODE_SKIP_FOUNDRY_AUTH']);
  const client = new AnthropicFoundry({
    ...placeOf(env),
    apiKey: PER_REQUEST,
    maxRetries: 0,
    logLevel: 'off',
    fetch: fetchThrough,
  });
  return {
    clientFor: () => client,
    credentials: skipsAuth
      ? headerCredentials(own, 'token')
      : headerCredentials(foundryCredentials(env, own), 'key-and-token'),
    params: {},
    denied: `Microsoft Foundry refused the request: renew ${KEY} or ${TOKEN}, or have access to the resource granted.`,
  };
}

/** Never sent: the headers of each request replace it. */
const PER_REQUEST = 'set-per-request';

function placeOf(env: Environment): { readonly resource: string | null; readonly baseURL: string | null } {
  const resource = setting(env, RESOURCE) ?? null;
  const baseURL = baseUrlIn(env, BASE_URL) ?? null;
  if ((resource === null) === (baseURL === null)) {
    const which = resource === null ? 'neither is set' : 'both are set';
    throw new CredentialsFailure(`Foundry wants ${RESOURCE} or ${BASE_URL}, one of them: ${which}`);
  }
  return { resource, baseURL };
}

function foundryCredentials(env: Environment, { customHeaders }: OwnCredentials): OwnCredentials {
  const apiKey = secretIn(env, KEY);
  const authToken = secretIn(env, TOKEN);
  if (apiKey === undefined && authToken === undefined) {
    throw new CredentialsFailure(
      `There is no credential for Foundry: set ${KEY} or ${TOKEN} (a login at Microsoft Entra is not made here; \`az account get-access-token --resource https://cognitiveservices.azure.com\` prints a token)`,
    );
  }
  return { apiKey, authToken, helper: undefined, customHeaders };
}
