/** What `andwait pool set` chose, kept for brokers to come. */
import * as z from 'zod/mini';
import type { Program } from '../core/program.ts';
import { defaultConcurrency } from '../core/run.ts';
import { writeFileAtomic } from '../journal/atomic-file.ts';
import { smallTextIn } from '../wire/files/small-file.ts';

/** Set by the user, for brokers that start: how many agents run at once where `andwait pool set --slots` chose nothing. */
export const ANDWAIT_SLOTS = 'ANDWAIT_SLOTS';
/** Set by the user or a test, for brokers that start: after so many seconds without clients and agents it ends itself. */
export const ANDWAIT_POOL_IDLE_SECONDS = 'ANDWAIT_POOL_IDLE_SECONDS';

const DEFAULT_IDLE_SECONDS = 60;
const MAX_BYTES = 64 * 1024;

export interface PoolSettings {
  readonly slots: number;
  /** No new agent while less is available; `null`: no limit. */
  readonly minFreeBytes: number | null;
  /** Nothing starts until somebody says so: a broker that ends itself, or is killed, must not be what lets agents go on. */
  readonly paused: boolean;
}

const fileSchema = z.object({
  slots: z.optional(z.number().check(z.int(), z.gte(1))),
  minFreeBytes: z.optional(z.nullable(z.number().check(z.gte(0)))),
  paused: z.optional(z.boolean()),
});

/** `undefined`: nobody chose. */
export type ChosenSettings = {
  readonly [Key in keyof PoolSettings]?: PoolSettings[Key] | undefined;
};

/** A file that cannot be believed chose nothing. */
export function readChosen(file: string): ChosenSettings {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(smallTextIn(file, MAX_BYTES) ?? ''));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

/** What was left out (`undefined`) stays; slots of `null`, and a pause that is over, are no choice any more. */
export function chosenAnew(
  chosen: ChosenSettings,
  wish: Omit<ChosenSettings, 'slots'> & { readonly slots?: number | null | undefined },
): ChosenSettings {
  return {
    minFreeBytes: wish.minFreeBytes === undefined ? chosen.minFreeBytes : wish.minFreeBytes,
    slots: wish.slots === undefined ? chosen.slots : (wish.slots ?? undefined),
    paused: (wish.paused ?? chosen.paused) || undefined,
  };
}

export async function keepChosen(file: string, chosen: ChosenSettings): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(chosen)}\n`);
}

export function settingsOf(
  chosen: ChosenSettings,
  { env, cores }: Pick<Program, 'env' | 'cores'>,
): PoolSettings {
  return {
    slots: chosen.slots ?? wholeOf(env[ANDWAIT_SLOTS], 1) ?? defaultConcurrency(cores),
    minFreeBytes: chosen.minFreeBytes ?? null,
    paused: chosen.paused ?? false,
  };
}

export function idleMsOf({ env }: Pick<Program, 'env'>): number {
  return 1000 * (wholeOf(env[ANDWAIT_POOL_IDLE_SECONDS], 0) ?? DEFAULT_IDLE_SECONDS);
}

function wholeOf(text: string | undefined, least: number): number | undefined {
  if (text === undefined || !/^\d{1,6}$/.test(text)) return undefined;
  return Number(text) >= least ? Number(text) : undefined;
}
