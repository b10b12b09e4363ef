/** Google's Vertex AI, through Anthropic's package for it. Each model may be served in a region of its own. */
import { AnthropicVertex } from '@anthropic-ai/vertex-sdk';
import { type AuthClient, GoogleAuth } from 'google-auth-library';
import type { Environment } from '../../core/program.ts';
import { isOn } from '../../wire/environment/model-provider.ts';
import { setting } from '../environment.ts';
import { plainName } from '../models/models.ts';
import { baseUrlIn } from './base-url.ts';
import { type Connection, CredentialsFailure } from './connection.ts';
import { HttpHeaders } from './http-headers.ts';
import { isNetworkFailure } from './network-failure.ts';
import { type CloudDeps, headerCredentials, signedByCloud } from './request-credentials.ts';

/** As measured: there is always one. */
const DEFAULT_REGION = 'us-east5';

export async function connectVertex({ env, own, fetchThrough }: CloudDeps): Promise<Connection> {
  const baseURL = baseUrlIn(env, 'ANTHROPIC_VERTEX_BASE_URL');
  const skipsAuth = isOn(env['CLAUDE_CODE_SKIP_VERTEX_AUTH']);
  const login = skipsAuth ? NO_LOGIN : new GoogleLogin(env);
  const projectId = setting(env, 'ANTHROPIC_VERTEX_PROJECT_ID') ?? (await login.project());
  if (projectId === undefined) {
    throw new CredentialsFailure(
      'Vertex AI wants to know a project: set ANTHROPIC_VERTEX_PROJECT_ID (the Google credentials name none)',
    );
  }
  const clients = new Map<string, AnthropicVertex>();
  const connect = (region: string): AnthropicVertex =>
    new AnthropicVertex({
      region,
      projectId,
      ...(baseURL === undefined ? {} : { baseURL }),
      // Of its many methods one is called.
      authClient: login as unknown as AuthClient,
      maxRetries: 0,
      logLevel: 'off',
      fetch: fetchThrough,
    });
  return {
    clientFor(model) {
      const region = regionFor(model, env);
      const client = clients.get(region) ?? connect(region);
      clients.set(region, client);
      return client;
    },
    credentials: skipsAuth ? headerCredentials(own, 'token') : signedByCloud(own.customHeaders, () => false),
    params: { anthropic_version: 'vertex-2023-10-16' },
    denied: skipsAuth
      ? 'The gateway before Vertex AI refused the request (see ANTHROPIC_AUTH_TOKEN, apiKeyHelper and ANTHROPIC_CUSTOM_HEADERS).'
      : 'Google Cloud refused the request: renew the Google credentials, or have access to the model enabled in Vertex AI.',
  };
}

/** `VERTEX_REGION_CLAUDE_HAIKU_4_5=europe-west4`, as measured. */
function regionFor(model: string, env: Environment): string {
  const own = `VERTEX_REGION_${plainName(model)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '_')}`;
  return setting(env, own) ?? setting(env, 'CLOUD_ML_REGION') ?? DEFAULT_REGION;
}

interface Login {
  project(): Promise<string | undefined>;
  getRequestHeaders(): Promise<HttpHeaders>;
}

const NO_LOGIN: Login = {
  project: async () => undefined,
  getRequestHeaders: async () => new HttpHeaders(),
};

/** Google's own search for credentials: a key file, gcloud's login, the metadata server. It renews tokens by itself. */
class GoogleLogin implements Login {
  readonly #auth: GoogleAuth;
  #client: Promise<AuthClient> | undefined;

  constructor(env: Environment) {
    const keyFilename = setting(env, 'GOOGLE_APPLICATION_CREDENTIALS');
    const scopes = 'https://www.googleapis.com/auth/cloud-platform';
    this.#auth = new GoogleAuth({ scopes, ...(keyFilename === undefined ? {} : { keyFilename }) });
  }

  /** The one that the credentials belong to. */
  async project(): Promise<string | undefined> {
    try {
      return (await this.#try(async (client) => client.projectId)) ?? undefined;
    } catch (error) {
      if (error instanceof CredentialsFailure) throw error;
      throw notLoaded(error);
    }
  }

  /** Ours: inside Anthropic's packages Node's own are unknown. */
  async getRequestHeaders(): Promise<HttpHeaders> {
    return await this.#try(async (client) => new HttpHeaders(await client.getRequestHeaders()));
  }

  async #try<T>(use: (client: AuthClient) => Promise<T>): Promise<T> {
    try {
      this.#client ??= this.#auth.getClient();
      return await use(await this.#client);
    } catch (error) {
      this.#client = undefined;
      if (isNetworkFailure(error)) throw error;
      throw notLoaded(error);
    }
  }
}

function notLoaded(cause: unknown): CredentialsFailure {
  return new CredentialsFailure(
    'Could not load Google Cloud credentials. Set GOOGLE_APPLICATION_CREDENTIALS, or log in: gcloud auth application-default login',
    { cause },
  );
}
