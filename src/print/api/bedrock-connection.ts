/** Amazon Bedrock, through Anthropic's package for it. Loaded only where it is asked for: the AWS packages are most of it. */
import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import type { Environment } from '../../core/program.ts';
import { isOn } from '../../wire/environment/model-provider.ts';
import { setting } from '../environment.ts';
import { awsRegion } from '../models/aws-region.ts';
import { AwsCredentialChain } from './aws-credential-chain.ts';
import { baseUrlIn } from './base-url.ts';
import type { Connection } from './connection.ts';
import { type CloudDeps, headerCredentials, secretIn, signedByCloud } from './request-credentials.ts';

export function connectBedrock({ env, own, fetchThrough }: CloudDeps): Connection {
  const skipsAuth = isOn(env['CLAUDE_CODE_SKIP_BEDROCK_AUTH']);
  const keys = skipsAuth ? { apiKey: null } : givenKeys(env);
  const chain = new AwsCredentialChain(env, fetchThrough);
  const baseURL = baseUrlIn(env, 'ANTHROPIC_BEDROCK_BASE_URL');
  const client = new AnthropicBedrock({
    ...(keys ?? { apiKey: null }),
    awsRegion: awsRegion(env),
    ...(baseURL === undefined ? {} : { baseURL }),
    skipAuth: skipsAuth,
    providerChainResolver: async () => await chain.provider(),
    maxRetries: 0,
    logLevel: 'off',
    fetch: fetchThrough,
  });
  return {
    clientFor: () => client,
    credentials: skipsAuth
      ? headerCredentials(own, 'token')
      : signedByCloud(own.customHeaders, () => keys === undefined && chain.forget()),
    params: { anthropic_version: 'bedrock-2023-05-31' },
    denied: skipsAuth
      ? 'The gateway before Bedrock refused the request (see ANTHROPIC_AUTH_TOKEN, apiKeyHelper and ANTHROPIC_CUSTOM_HEADERS).'
      : 'AWS refused the request: renew the AWS credentials, or have access to the model enabled in Bedrock.',
  };
}

/** What the environment itself holds; it beats a profile, as with the AWS command line. */
function givenKeys(env: Environment) {
  const bearer = secretIn(env, 'AWS_BEARER_TOKEN_BEDROCK');
  if (bearer !== undefined) return { apiKey: bearer };
  const awsAccessKey = setting(env, 'AWS_ACCESS_KEY_ID');
  const awsSecretKey = setting(env, 'AWS_SECRET_ACCESS_KEY');
  if (awsAccessKey === undefined || awsSecretKey === undefined) return undefined;
  const awsSessionToken = setting(env, 'AWS_SESSION_TOKEN') ?? null;
  return { apiKey: null, awsAccessKey, awsSecretKey, awsSessionToken };
}
