/** `--fail-on N|N%`: how many failed calls make a failure of the whole, for callers whose own exit status hides them. */
import { UserError } from '../core/exit.ts';
import type { CallCounts } from '../core/run.ts';

export type FailOn =
  | { readonly kind: 'calls'; readonly count: number }
  /** Of those that ended: done, failed or replayed. */
  | { readonly kind: 'share'; readonly percent: number };

export function failOnOf(text: string | undefined): FailOn | undefined {
  if (text === undefined) return undefined;
  const [, digits = '', percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (percent === '%' && value > 0 && value <= 100) return { kind: 'share', percent: value };
  if (percent === '' && Number.isSafeInteger(value) && value > 0) return { kind: 'calls', count: value };
  throw new UserError(
    `--fail-on ${JSON.stringify(text)}: expected a number of failed calls above 0, or a share of all calls, as in 1, 5 or 10%`,
  );
}

/** A call that a cap refused did no work either. */
export function isFailure(
  failOn: FailOn | undefined,
  { done, failed, refused, replayed }: CallCounts,
): boolean {
  const bad = failed + refused;
  if (failOn === undefined || bad === 0) return false;
  if (failOn.kind === 'calls') return bad >= failOn.count;
  return (100 * bad) / (done + bad + replayed) >= failOn.percent;
}
