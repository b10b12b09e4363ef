/** `--fail-on`: which ends of calls make a failure of the whole, and how many of them: for callers whose own exit status hides them. */
import { UserError } from '../core/exit.ts';
import type { CallCounts, RunResult } from '../core/run.ts';
import { safeLine } from '../report/text/safe-text.ts';

/** What may be counted. `bad` is what a number alone counts: a call that a cap refused did no work either. */
const COUNTS = {
  bad: ({ failed, refused }) => failed + refused,
  failed: ({ failed }) => failed,
  denied: ({ denied }) => denied,
  schema: ({ failures }) => failures['schema-never-met'] ?? 0,
  empty: ({ empty }) => empty,
  skipped: ({ skipped }) => skipped,
  refused: ({ refused }) => refused,
  stopped: ({ stopped }) => stopped,
  unmetered: ({ unmetered }) => unmetered,
} as const satisfies Record<string, (calls: CallCounts) => number>;

type Counted = keyof typeof COUNTS;

export interface FailRule {
  readonly counted: Counted;
  readonly limit:
    | { readonly kind: 'calls'; readonly count: number }
    /** Of those that ended. */
    | { readonly kind: 'share'; readonly percent: number };
}

/** Any of them; none is `off`. */
export type FailOn = readonly FailRule[];

const KINDS = Object.keys(COUNTS).filter((kind) => kind !== 'bad');

export const FAIL_ON_HELP = `N or N% of the calls failed, a kind, or KIND=N; several with commas; off. Kinds: ${KINDS.join(', ')}`;

/** As it was typed, for the record. Throws a `UserError` when it says nothing that can be counted. */
export function checkedFailOn(text: string | undefined): string | undefined {
  failOnOf(text);
  return text;
}

/** `undefined`: nothing was said. */
export function failOnOf(text: string | undefined): FailOn | undefined {
  if (text === undefined) return undefined;
  return text === 'off' ? [] : text.split(',').map((rule) => ruleOf(rule, text));
}

function ruleOf(rule: string, text: string): FailRule {
  const [, kind, limit = ''] = /^(?:([a-z]+)(?:=(?=.)|$))?(.*)$/s.exec(rule) ?? [];
  const counted = kind === undefined ? 'bad' : kind;
  if (!isCounted(counted) || kind === 'bad') throw wrong(text);
  return { counted, limit: limitOf(kind !== undefined && limit === '' ? '1' : limit, text) };
}

function isCounted(kind: string): kind is Counted {
  return Object.hasOwn(COUNTS, kind);
}

function limitOf(limit: string, text: string): FailRule['limit'] {
  const [, digits = '', percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(limit) ?? [];
  const value = Number(digits);
  if (percent === '%' && value > 0 && value <= 100) return { kind: 'share', percent: value };
  if (percent === '' && Number.isSafeInteger(value) && value > 0) return { kind: 'calls', count: value };
  throw wrong(text);
}

function wrong(text: string): UserError {
  return new UserError(
    `--fail-on ${JSON.stringify(text)}: expected a number of failed calls above 0 or a share of all calls, as in 1, 5 or 10%; or kinds of calls, as in denied,empty=3,schema=5% (there are ${KINDS.join(', ')}); or off`,
  );
}

export function isFailure(failOn: FailOn | undefined, calls: CallCounts): boolean {
  const { done, failed, refused, replayed, skipped } = calls;
  const ended = done + failed + refused + replayed + skipped;
  return (failOn ?? []).some(({ counted, limit }) => {
    const count = COUNTS[counted](calls);
    if (count === 0) return false;
    return limit.kind === 'calls' ? count >= limit.count : (100 * count) / ended >= limit.percent;
  });
}

/** A line for stderr that explains exit status 3 to a caller who asked for quiet, and so was told of no call. `counts`: how its calls, or items, ended. */
export function completedBadly({ name, runId }: RunResult, counts: string): string {
  return `andwait: ${safeLine(name ?? '')} completed with failures (run ${runId}): ${counts}; see \`andwait logs ${runId}\`\n`;
}
