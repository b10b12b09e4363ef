/**
 * What loops wait for. A script that asks again until `done`, while `more`, or until a list comes back empty must end in
 * a rehearsal too: such values are likely at once and likelier each time the same is asked again.
 */
import type { Json } from '../../core/json.ts';
import type { Place } from './place.ts';
import { wordsOf } from './property-words.ts';

const ENDING = new Set(
  `done complete completed finished final dry exhausted converged approved approve accepted accept passed pass passes ok
  valid verified success succeeded successful stable clean resolved satisfied ready good enough saturated agreed agree
  lgtm none no stop closed fixed green yes correct`.split(/\s+/),
);
const GOING_ON = new Set(
  `more again continue remaining retry pending next unfinished incomplete needs need rejected reject failed fail not
  dirty todo left missing changed progress improved`.split(/\s+/),
);

/** Chance of an empty list where one is allowed, on the first call. */
const EMPTY_AT_FIRST = 1 / 3;

export function likelyTrue({ name, occurrence, isListed }: Place): number {
  const leaning = isListed ? 0 : 0.4 * drift(occurrence);
  const words = wordsOf(name);
  if (words.some((word) => GOING_ON.has(word))) return 0.5 - leaning;
  return words.some((word) => ENDING.has(word)) ? 0.5 + leaning : 0.5;
}

export function likelyEmpty({ occurrence }: Place): number {
  return EMPTY_AT_FIRST + 0.5 * drift(occurrence);
}

/** A listed value that ends a loop, the likelier the more often it was asked for; `undefined` leaves the choice open. */
export function endingFirst(
  values: readonly Json[],
  { occurrence, isListed, chance }: Place,
): Json | undefined {
  const ending = values.find(
    (value) => typeof value === 'string' && wordsOf(value).some((word) => ENDING.has(word)),
  );
  return !isListed && ending !== undefined && chance.isTrue(0.7 * drift(occurrence)) ? ending : undefined;
}

/** 0 on the first call, towards 1 as the same is asked again. */
function drift(occurrence: number): number {
  return 1 - 1 / Math.max(1, occurrence);
}
