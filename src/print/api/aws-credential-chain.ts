/** AWS credentials from wherever a machine of AWS keeps them: profiles, single sign-on, containers, instances. One chain a session: it knows when they expire. */
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { Environment } from '../../core/program.ts';
import { setting } from '../environment.ts';
import { awsRegion } from '../models/aws-region.ts';
import { awsRequestHandler } from './aws-request-handler.ts';
import { CredentialsFailure } from './connection.ts';
import { isNetworkFailure } from './network-failure.ts';

type Provider = ReturnType<typeof fromNodeProviderChain>;

export class AwsCredentialChain {
  readonly #env: Environment;
  readonly #requestHandler: ReturnType<typeof awsRequestHandler>;
  #provider: Provider | undefined;

  constructor(env: Environment, fetchThrough: typeof fetch) {
    this.#env = env;
    this.#requestHandler = awsRequestHandler(fetchThrough);
  }

  /** Rejects with `CredentialsFailure`, or with what the network did. */
  async provider(): Promise<Provider> {
    this.#provider ??= fromNodeProviderChain(this.#places());
    const provider = this.#provider;
    return async (...args) => {
      try {
        return await provider(...args);
      } catch (error) {
        this.#provider = undefined;
        if (isNetworkFailure(error)) throw error;
        throw new CredentialsFailure(
          'Could not load AWS credentials. Set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE (and log in: aws sso login)',
          { cause: error },
        );
      }
    };
  }

  /** Returns that others may be found. */
  forget(): true {
    this.#provider = undefined;
    return true;
  }

  /** Said outright, because settings may name them and the AWS packages look at the process alone. */
  #places() {
    const profile = setting(this.#env, 'AWS_PROFILE');
    const filepath = setting(this.#env, 'AWS_SHARED_CREDENTIALS_FILE');
    const configFilepath = setting(this.#env, 'AWS_CONFIG_FILE');
    return {
      clientConfig: { requestHandler: this.#requestHandler, region: awsRegion(this.#env) },
      ...(profile === undefined ? {} : { profile }),
      ...(filepath === undefined ? {} : { filepath }),
      ...(configFilepath === undefined ? {} : { configFilepath }),
    };
  }
}
