/**
 * Which service the model is asked at: set by the user, in the variables of the real program and read in its order. Print
 * mode goes there; whoever looks for credentials takes such a choice for some.
 */
import type { Environment } from '../../core/program.ts';

export type ModelProvider = 'anthropic' | 'bedrock' | 'foundry' | 'vertex';

/** The first that is on counts. */
const SWITCHES: readonly (readonly [string, ModelProvider])[] = [
  ['CLAUDE_CODE_USE_BEDROCK', 'bedrock'],
  ['CLAUDE_CODE_USE_FOUNDRY', 'foundry'],
  ['CLAUDE_CODE_USE_VERTEX', 'vertex'],
];

export const PROVIDER_VARIABLES: readonly string[] = SWITCHES.map(([name]) => name);

export function modelProvider(env: Environment): ModelProvider {
  return SWITCHES.find(([name]) => isOn(env[name]))?.[1] ?? 'anthropic';
}

/** Measured: these words and no others, in any case. */
export function isOn(value: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(value?.trim() ?? '');
}
