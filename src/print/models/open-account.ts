/** Opens the account of a session: the prices that hold, and whether a limit in dollars can be kept with them. */
import type { Program } from '../../core/program.ts';
import { ANDWAIT_PRICES, setting } from '../environment.ts';
import type { PrintOptions } from '../options.ts';
import { Account } from './account.ts';
import { modelIdOf } from './model-names.ts';

export type Accounting =
  | { readonly kind: 'ok'; readonly account: Account }
  | { readonly kind: 'refused'; readonly message: string };

/** A limit in dollars can only be kept where the prices are known: otherwise nothing is begun. */
export async function openAccount(
  { env }: Program,
  options: PrintOptions,
  model: string,
): Promise<Accounting> {
  const account = await accountFor(setting(env, ANDWAIT_PRICES));
  if (typeof account === 'string') return { kind: 'refused', message: account };
  const models = [model, ...options.fallbackModels.map((name) => modelIdOf(name, env))];
  const unpriced = models.find((id) => !account.hasPriceOf(id));
  if (options.maxBudgetUsd !== undefined && unpriced !== undefined) {
    return {
      kind: 'refused',
      message: `Error: --max-budget-usd ${options.maxBudgetUsd} cannot be kept: the price of ${unpriced} is not known. Name it in a file and the file in ANDWAIT_PRICES: {"${unpriced}": {"input": 3, "output": 15}} in US dollars a million tokens.`,
    };
  }
  return { kind: 'ok', account };
}

async function accountFor(file: string | undefined): Promise<Account | string> {
  if (file === undefined) return new Account();
  const { readPrices } = await import('./prices.ts');
  const reading = await readPrices(file);
  return reading.kind === 'ok' ? new Account(reading.prices) : reading.message;
}
