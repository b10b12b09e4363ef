/** What those who use a queue tell all others of it at once. Who says it may be anybody that reaches the server. */
import * as z from 'zod/mini';
import type { Pressure } from '../../core/outcome.ts';
import { pressureSchema } from '../pool/pool-schema.ts';

/** An agent heard it from its model API. */
export interface PressureWord {
  readonly is: 'pressure';
  /** Whoever says it hears it, too. */
  readonly from: string;
  readonly pressure: Pressure;
}

/** Longer than any refusal of an API: what is said ends up in journals and on terminals. */
const MOST_CHARACTERS = 4000;

const pressureWord = z.looseObject({ is: z.literal('pressure'), from: z.string(), pressure: pressureSchema });

/** `undefined`: it is something else. */
export function decodePressureWord(value: unknown): PressureWord | undefined {
  const parsed = pressureWord.safeParse(value);
  if (!parsed.success) return undefined;
  const { is, from, pressure } = value as PressureWord;
  const { kind } = pressure;
  if (kind !== 'limited' && (from + pressure.message).length > MOST_CHARACTERS) return undefined;
  return { is, from, pressure };
}
