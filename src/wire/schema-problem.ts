/** What is wrong with a value that a schema of ours refused, in words: the first of it, and where. */
import type * as z from 'zod/mini';

export function schemaProblem({ issues: [issue] }: z.core.$ZodError): string {
  return `${issue?.path.join('.')}: ${issue?.message}`;
}
