/** Names and tokens drawn from whatever chance is handed in. */

/** `base`: 36 at most. */
export function randomDigits(count: number, base: number, random: () => number): string {
  return Array.from({ length: count }, () => Math.floor(random() * base).toString(base)).join('');
}
