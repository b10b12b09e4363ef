/** Environment variables of print mode, with who sets them; those of a single provider, of commands and of root stand where they are read. */
import path from 'node:path';
import { UserError } from '../core/exit.ts';
import type { Environment } from '../core/program.ts';
import { isOn } from '../wire/environment/model-provider.ts';
import { ANDWAIT_HOME, XDG_STATE_HOME } from '../wire/environment/state-variables.ts';
import { type PlaceSource, poolFolder } from '../wire/pool/pool-folder.ts';

/** The user: a key of the model API, sent as `x-api-key`. */
export const ANTHROPIC_API_KEY = 'ANTHROPIC_API_KEY';
/** The user, or a gateway's login: a token, sent as `Authorization: Bearer`, beside the key where there are both. */
export const ANTHROPIC_AUTH_TOKEN = 'ANTHROPIC_AUTH_TOKEN';
/** The user, or a test: where the model API is. */
export const ANTHROPIC_BASE_URL = 'ANTHROPIC_BASE_URL';
/** The user: the model where neither `--model` nor the agent type names one. */
export const ANTHROPIC_MODEL = 'ANTHROPIC_MODEL';
/** The user, or a gateway's login: the model that reads pages of the web. */
export const ANTHROPIC_SMALL_FAST_MODEL = 'ANTHROPIC_SMALL_FAST_MODEL';
/** The same; the other one counts first. */
export const ANTHROPIC_DEFAULT_HAIKU_MODEL = 'ANTHROPIC_DEFAULT_HAIKU_MODEL';
/** The user, or a gateway: headers of every request, a `Name: value` a line. */
export const ANTHROPIC_CUSTOM_HEADERS = 'ANTHROPIC_CUSTOM_HEADERS';
/** The user: for how many milliseconds a key of `apiKeyHelper` counts. */
export const CLAUDE_CODE_API_KEY_HELPER_TTL_MS = 'CLAUDE_CODE_API_KEY_HELPER_TTL_MS';
/** The user: stands in for `~/.claude`. */
export const CLAUDE_CONFIG_DIR = 'CLAUDE_CONFIG_DIR';
/** The user: `1` takes the Workflow tool away. */
export const CLAUDE_CODE_DISABLE_WORKFLOWS = 'CLAUDE_CODE_DISABLE_WORKFLOWS';
/** The user: a file with prices of models. */
export const ANDWAIT_PRICES = 'ANDWAIT_PRICES';
/** The user, or a test: how often a request that failed is made again. */
export const CLAUDE_CODE_MAX_RETRIES = 'CLAUDE_CODE_MAX_RETRIES';
/** The user: a conversation is never summarised, not even when that is asked for. */
export const DISABLE_COMPACT = 'DISABLE_COMPACT';
/** The user: nor by itself. */
export const DISABLE_AUTO_COMPACT = 'DISABLE_AUTO_COMPACT';
/** The user: tokens of a conversation, in place of the model's own context. */
export const CLAUDE_CODE_AUTO_COMPACT_WINDOW = 'CLAUDE_CODE_AUTO_COMPACT_WINDOW';
/** The user: per cent of the context after which a conversation is summarised. */
export const CLAUDE_AUTOCOMPACT_PCT_OVERRIDE = 'CLAUDE_AUTOCOMPACT_PCT_OVERRIDE';
/** The user: milliseconds that an MCP server may take to start. */
export const MCP_TIMEOUT = 'MCP_TIMEOUT';
/** The user: milliseconds that a call of an MCP server's tool may take. */
export const MCP_TOOL_TIMEOUT = 'MCP_TOOL_TIMEOUT';
/** The system: where temporary files go. */
export const TMPDIR = 'TMPDIR';

/** An empty variable is an unset one: that is how shells and CI files take a setting back. */
export function setting(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}

/** `undefined` for what is no number from 0. */
export function countSetting(env: Environment, name: string): number | undefined {
  const text = setting(env, name);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

export function isSwitchedOn(env: Environment, name: string): boolean {
  return isOn(env[name]);
}

/** What is kept from session to session where the user wants it, not where it usually is. Absolute. */
export function keptFolders(env: Environment): readonly string[] {
  const state = setting(env, XDG_STATE_HOME);
  return [
    setting(env, ANDWAIT_HOME),
    state === undefined ? undefined : `${state}/andwait`,
    setting(env, CLAUDE_CONFIG_DIR),
  ].flatMap((folder) => (folder === undefined || !path.isAbsolute(folder) ? [] : [path.resolve(folder)]));
}

/** Where the pool's token lies. None where ANDWAIT_HOME is no place: then there is no pool. */
export function secretFolders(program: PlaceSource): readonly string[] {
  try {
    return [poolFolder(program)];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
