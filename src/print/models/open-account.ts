/** Opens the account of a session: the prices that hold, and whether a limit in dollars can be kept with them. */
import type { Program } from '../../core/program.ts';
import { ANDWAIT_PRICES, setting } from '../environment.ts';
import type { PrintOptions } from '../options.ts';
import { Account } from './account.ts';
import { unpricedMessage } from './budget.ts';
import { modelIdOf, smallModelId } from './model-names.ts';

export type Accounting =
  | { readonly kind: 'ok'; readonly account: Account }
  | { readonly kind: 'refused'; readonly message: string };

export interface ModelsAsked {
  /** Id. */
  readonly model: string;
  /** The small model may be asked, too. */
  readonly readsPages: boolean;
}

/** A limit in dollars can only be kept where the prices are known: otherwise nothing is begun. */
export async function openAccount(
  { env }: Program,
  options: PrintOptions,
  { model, readsPages }: ModelsAsked,
): Promise<Accounting> {
  const account = await accountFor(setting(env, ANDWAIT_PRICES));
  if (typeof account === 'string') return { kind: 'refused', message: account };
  const models = [
    model,
    ...options.fallbackModels.map((name) => modelIdOf(name, env)),
    ...(readsPages ? [smallModelId(env, model)] : []),
  ];
  const unpriced = models.find((id) => !account.hasPriceOf(id));
  if (options.maxBudgetUsd !== undefined && unpriced !== undefined) {
    return { kind: 'refused', message: `Error: ${unpricedMessage(unpriced, options.maxBudgetUsd)}` };
  }
  return { kind: 'ok', account };
}

async function accountFor(file: string | undefined): Promise<Account | string> {
  if (file === undefined) return new Account();
  const { readPrices } = await import('./prices.ts');
  const reading = await readPrices(file);
  return reading.kind === 'ok' ? new Account(reading.prices) : reading.message;
}
