/** Differences that many rows share, each with its reason. */
import type { Difference } from '../case.ts';

/** Why a call was not permitted is told in words of our own, wherever it is told. */
export function denialInOwnWords(
  ...places: readonly ('denied' | 'user' | 'request')[]
): readonly Difference[] {
  const because = 'a denial names the rule or the want of one, in words of our own';
  const at = {
    denied: ['1/system:permission_denied#*/message'],
    user: ['1/user#*/message/content/*/content', '1/user#*/tool_use_result'],
    request: ['1/request#*/messages/*/content/*/content'],
  };
  const all = places.length === 0 ? (['denied', 'user', 'request'] as const) : places;
  return all.flatMap((place) => at[place]).map((path) => ({ at: path, because }));
}

/** What a tool says of its success or its absence. */
export function resultInOwnWords(because: string, ...more: readonly string[]): readonly Difference[] {
  return ['1/user#*/message/content/*/content', '1/request#*/messages/*/content/*/content', ...more].map(
    (at) => ({
      at,
      because,
    }),
  );
}

/** What the real program does in some calls and not in others. */
export function varying(because: string, ...paths: readonly string[]): readonly Difference[] {
  return paths.map((at) => ({ at, because, sometimes: true }));
}

/** Everything that only one of the two does, and what follows from it. */
export function decided(because: string, ...paths: readonly string[]): readonly Difference[] {
  return paths.map((at) => ({ at, because }));
}
