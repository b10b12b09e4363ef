/** When a conversation is too long: the model's context, less the room that an answer and a summary need. */

import type { Environment } from '../../core/program.ts';
import * as environment from '../environment.ts';
import { isSwitchedOn, setting } from '../environment.ts';
import { modelFacts } from '../models/models.ts';

export interface CompactionLimits {
  /** By itself, when it is due. */
  readonly isAutomatic: boolean;
  /** When it is asked for. */
  readonly isOffered: boolean;
  /** In place of the model's own context. */
  readonly windowTokens: number | undefined;
  /** Per cent of the context that is filled at most. */
  readonly percent: number | undefined;
}

/** Measured: what is left free. */
const ANSWER_TOKENS = 20_000;
const RESERVE_TOKENS = 13_000;

/** A context that is smaller than the room to be left free is still used by half. */
const LEAST_USE = 0.5;

const LONGEST_TAIL_TOKENS = 40_000;
const TAIL_PART = 0.1;

/** `windowTokens`: of the command line, which counts for more than the environment. */
export function compactionLimits(
  env: Environment,
  isEnabled: boolean,
  windowTokens?: number,
): CompactionLimits {
  const isOffered = !isSwitchedOn(env, environment.DISABLE_COMPACT);
  return {
    isOffered,
    isAutomatic: isOffered && isEnabled && !isSwitchedOn(env, environment.DISABLE_AUTO_COMPACT),
    windowTokens: windowTokens ?? positive(setting(env, environment.CLAUDE_CODE_AUTO_COMPACT_WINDOW)),
    percent: positive(setting(env, environment.CLAUDE_AUTOCOMPACT_PCT_OVERRIDE)),
  };
}

function positive(text: string | undefined): number | undefined {
  const number = Number(text);
  return number > 0 && Number.isFinite(number) ? number : undefined;
}

/** A conversation of so many tokens is summarised before the next request. */
export function thresholdTokens(model: string, limits: CompactionLimits): number {
  const window = windowOf(model, limits);
  const usable = window - ANSWER_TOKENS;
  const share = limits.percent === undefined ? usable : (usable * limits.percent) / 100;
  return Math.min(share, Math.max(usable - RESERVE_TOKENS, window * LEAST_USE));
}

/** So much of the end of a conversation is kept word for word. */
export function keptTokens(model: string, limits: CompactionLimits): number {
  return Math.min(LONGEST_TAIL_TOKENS, windowOf(model, limits) * TAIL_PART);
}

/** Measured: a larger one does not make the model's own larger. */
function windowOf(model: string, { windowTokens }: CompactionLimits): number {
  return Math.min(windowTokens ?? Number.POSITIVE_INFINITY, modelFacts(model).contextTokens);
}
