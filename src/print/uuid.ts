/** Names for sessions and events, made from whatever chance is handed in. */
import { randomDigits } from '../wire/random-digits.ts';

const VARIANTS = '89ab';

/** A version 4 UUID. */
export function uuidFrom(random: () => number): string {
  const hex = (digits: number): string => randomDigits(digits, 16, random);
  const variant = VARIANTS.charAt(Math.floor(random() * VARIANTS.length));
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}
