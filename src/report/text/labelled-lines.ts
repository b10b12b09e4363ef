/** Lines with what they are in front: grep finds the kind, and foreign text never begins in the column where our words stand. */

const LABEL_COLUMNS = 9;

/** A word of ours, and what it stands before: lines that are safe to show. */
export interface Told {
  readonly label: string;
  readonly lines: readonly string[];
}

/** `done     #12 …`; further lines stand under the text of the first. */
export function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `${(at === 0 ? label : '').padEnd(LABEL_COLUMNS)}${line}`.trimEnd());
}
