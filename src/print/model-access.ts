/** The way to the model: which key and address the environment names, and what stands in for a model that cannot be reached. */
import type { Program } from '../core/program.ts';
import type { Model } from './api/model.ts';
import { NOT_LOGGED_IN, NoCredentials, unusableMessage } from './api/no-credentials.ts';
import * as environment from './environment.ts';
import { setting } from './environment.ts';

export async function modelFor({ env, clock }: Pick<Program, 'env' | 'clock'>): Promise<Model> {
  const { ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, ANTHROPIC_BASE_URL } = environment;
  const apiKey = secret(env, ANTHROPIC_API_KEY);
  const authToken = secret(env, ANTHROPIC_AUTH_TOKEN);
  const used = apiKey ?? authToken;
  if (used === undefined) return new NoCredentials(NOT_LOGGED_IN);
  const unusable = unusableMessage(apiKey === undefined ? ANTHROPIC_AUTH_TOKEN : ANTHROPIC_API_KEY, used);
  if (unusable !== undefined) return new NoCredentials(unusable);
  const { AnthropicModel } = await import('./api/anthropic-model.ts');
  return await AnthropicModel.connect(
    { apiKey, authToken, baseUrl: setting(env, ANTHROPIC_BASE_URL) },
    clock,
  );
}

export function keySource(env: environment.Environment): string {
  return secret(env, environment.ANTHROPIC_API_KEY) === undefined ? 'none' : environment.ANTHROPIC_API_KEY;
}

/** The line feed at the end of a file that a key was read from is no part of it. */
function secret(env: environment.Environment, name: string): string | undefined {
  return setting(env, name)?.trim() || undefined;
}
