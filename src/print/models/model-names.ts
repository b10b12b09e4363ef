/**
 * What a model is called where it is asked: `sonnet` is another model, and the same model another id, from provider to
 * provider. Measured on the real program (2.1.330).
 */

import type { Environment } from '../../core/program.ts';
import { type ModelProvider, modelProvider } from '../../wire/environment/model-provider.ts';
import {
  ANTHROPIC_BASE_URL,
  ANTHROPIC_DEFAULT_HAIKU_MODEL,
  ANTHROPIC_SMALL_FAST_MODEL,
  setting,
} from '../environment.ts';
import { awsRegion } from './aws-region.ts';
import { isKnownModel } from './models.ts';

type Alias = 'haiku' | 'sonnet' | 'opus' | 'fable';

export const MODEL_ALIASES: readonly Alias[] = ['haiku', 'sonnet', 'opus', 'fable'];

const CLOUD_ALIASES: Readonly<Record<Alias, string>> = {
  haiku: 'claude-haiku-4-5-20251001',
  sonnet: 'claude-sonnet-4-5-20250929',
  opus: 'claude-opus-5-5',
  fable: 'claude-fable-5-2',
};

const ALIASES: Readonly<Record<ModelProvider, Readonly<Record<Alias, string>>>> = {
  anthropic: {
    haiku: 'claude-haiku-5-5',
    sonnet: 'claude-sonnet-5-5',
    opus: 'claude-opus-5-5',
    fable: 'claude-fable-5-2',
  },
  bedrock: CLOUD_ALIASES,
  vertex: CLOUD_ALIASES,
  foundry: {
    haiku: 'claude-haiku-4-5',
    sonnet: 'claude-sonnet-4-5',
    opus: 'claude-opus-4-6',
    fable: 'claude-fable-5-2',
  },
};

/** The user: what an alias stands for; Anthropic's own ids are respelt like any other. */
const OVERRIDES: Readonly<Record<Alias, string>> = {
  haiku: 'ANTHROPIC_DEFAULT_HAIKU_MODEL',
  sonnet: 'ANTHROPIC_DEFAULT_SONNET_MODEL',
  opus: 'ANTHROPIC_DEFAULT_OPUS_MODEL',
  fable: 'ANTHROPIC_DEFAULT_FABLE_MODEL',
};

/** The id to send. `inherit` and nothing at all are the default; `[1m]`, a wish for a longer context, is no part of an id. */
export function modelIdOf(asked: string | undefined, env: Environment): string {
  const provider = modelProvider(env);
  const name = withoutWish(asked ?? '');
  const isDefault = name === '' || name === 'inherit' || name === 'default';
  const word = isDefault ? (provider === 'foundry' ? 'sonnet' : 'opus') : name;
  const alias = MODEL_ALIASES.find((known) => known === word);
  if (alias === undefined) return idAt(provider, word, env);
  return idAt(provider, withoutWish(setting(env, OVERRIDES[alias]) ?? ALIASES[provider][alias]), env);
}

function withoutWish(name: string): string {
  return name.replace(/\[1m\]$/, '');
}

/** Anthropic's own id in the provider's spelling; what is no such id is the provider's own already, and sent as it is. */
function idAt(provider: ModelProvider, id: string, env: Environment): string {
  if (!isWhole(id)) return id;
  if (provider === 'vertex') return id.replace(/-(\d{8})$/, '@$1');
  return provider === 'bedrock' ? `${bedrockArea(env)}.anthropic.${id}${bedrockVersion(id)}` : id;
}

/** `claude-sonnet-4-5` is short for an id with a date, and no cloud knows it: sent as it is, as the real program does. */
function isWhole(id: string): boolean {
  return isKnownModel(id) && !/-4-5$/.test(id);
}

function bedrockVersion(id: string): string {
  if (/-\d{8}$/.test(id)) return '-v1:0';
  return id === 'claude-opus-4-6' ? '-v1' : '';
}

/** Which inference profiles a region takes part in. */
function bedrockArea(env: Environment): string {
  const region = awsRegion(env);
  if (region.startsWith('us-gov-')) return 'us-gov';
  const [area] = region.split('-');
  if (area === 'ap') return 'apac';
  return area === 'us' || area === 'eu' ? area : 'global';
}

/**
 * Id of the model that reads pages of the web. Measured: a cloud may have enabled no other model than the session's, and a
 * gateway that stands in for the API know none.
 */
export function smallModelId(env: Environment, sessionModel: string): string {
  const named = setting(env, ANTHROPIC_SMALL_FAST_MODEL) ?? setting(env, ANTHROPIC_DEFAULT_HAIKU_MODEL);
  if (named !== undefined) return modelIdOf(named, env);
  return asksAnthropic(env) ? modelIdOf('haiku', env) : sessionModel;
}

function asksAnthropic(env: Environment): boolean {
  if (modelProvider(env) !== 'anthropic') return false;
  const baseUrl = setting(env, ANTHROPIC_BASE_URL);
  return baseUrl === undefined || hostOf(baseUrl) === 'api.anthropic.com';
}

function hostOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname : undefined;
}
