/** Guesses which name was meant: the ones that few letters tell apart from what was typed. */

const MAX_DISTANCE = 3;
/** Of the longer name's letters, so many must be right. */
const MIN_LIKENESS = 0.4;

/** All that are equally near; none where nothing is near enough. Names come without dashes. */
export function nearestNames(typed: string, names: readonly string[]): string[] {
  const ranked = names
    .map((name) => ({ name, distance: distanceBetween(name, typed) }))
    .filter(({ name, distance }) => {
      const longer = Math.max(name.length, typed.length);
      return distance <= MAX_DISTANCE && (longer - distance) / longer > MIN_LIKENESS;
    });
  const least = Math.min(...ranked.map(({ distance }) => distance));
  return ranked.filter(({ distance }) => distance === least).map(({ name }) => name);
}

/** Levenshtein's: letters added, dropped or changed. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
