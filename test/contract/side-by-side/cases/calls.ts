/** Words that many rows of the tables share. */
import { reply } from '../../../support/api/fake-messages-reply.ts';
import type { Invocation } from '../case.ts';

export const STREAM = ['--output-format', 'stream-json', '--verbose'] as const;
export const JSON_OUT = ['--output-format', 'json'] as const;

/** A request that is not answered before the test is over. */
export const SILENCE = reply().after(3_600_000);

/** A case of one call. */
export const one = (...args: readonly string[]): { readonly calls: readonly Invocation[] } => ({
  calls: [{ args }],
});
