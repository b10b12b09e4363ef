/** Matches a pattern of `*` against a text in time that no pattern can blow up; a text may have holes in it of which nothing is known. */

/** Stands in a text for something only the shell will know: any text at all, of any length. */
export const UNKNOWN = '\u0002';

/** `yes`: whatever the holes turn out to be. `maybe`: for some of it. */
export function matchWildcard(pattern: string, text: string): 'yes' | 'maybe' | 'no' {
  if (covers(pattern, text, false)) return 'yes';
  return text.includes(UNKNOWN) && covers(pattern, text, true) ? 'maybe' : 'no';
}

function covers(pattern: string, text: string, holesAreFree: boolean): boolean {
  const parts = [...pattern];
  let reached: boolean[] = Array.from({ length: parts.length + 1 }, (_, n) => n === 0);
  skipEmpty(reached, parts);
  for (const char of text) {
    const isHole = holesAreFree && char === UNKNOWN;
    const next: boolean[] = Array.from({ length: parts.length + 1 }, () => false);
    for (let n = 0; n <= parts.length; n += 1) {
      if (reached[n] !== true) continue;
      if (isHole) for (let m = n; m <= parts.length; m += 1) next[m] = true;
      else if (parts[n] === '*') next[n] = true;
      else if (parts[n] === char) next[n + 1] = true;
    }
    skipEmpty(next, parts);
    reached = next;
  }
  return reached[parts.length] === true;
}

/** A `*` may stand for nothing. */
function skipEmpty(reached: boolean[], parts: readonly string[]): void {
  for (let n = 0; n < parts.length; n += 1) {
    if (reached[n] === true && parts[n] === '*') reached[n + 1] = true;
  }
}
