/** `--autocompact`: the size of the context from which on a conversation is summarised. */
import { FLAGS } from './flag-table.ts';
import { invalidArgument } from './parse-flags.ts';

export interface WindowReading {
  /** `undefined` is the model's own. */
  readonly tokens?: number;
  readonly problem?: string;
}

const LEAST_TOKENS = 100_000;
/** A bare number below it counts thousands. */
const FIRST_PLAIN = 1_000;

export function windowIn(given: string | undefined): WindowReading {
  if (given === undefined || given === 'auto') return {};
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(k|m)?$/i.exec(given.trim()) ?? [];
  const number = Number(digits);
  const tokens = Math.round(number * scaleOf(unit, number));
  if (tokens >= LEAST_TOKENS) return { tokens };
  const flag = FLAGS.find(({ names }) => names.includes('--autocompact'));
  return {
    problem: `${flag && invalidArgument(flag, given)} It must be 'auto', or at least 100k (e.g. 500k, 200000, or 200 as shorthand)`,
  };
}

function scaleOf(unit: string | undefined, number: number): number {
  if (unit === undefined) return number < FIRST_PLAIN ? 1_000 : 1;
  return unit.toLowerCase() === 'm' ? 1_000_000 : 1_000;
}
