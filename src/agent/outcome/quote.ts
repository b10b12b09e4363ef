/** Quotes what a program wrote inside a message of ours: one line, bounded, its own words recognisable. */
const MAX_CHARACTERS = 300;

export function quoted(text: string): string {
  const line = oneLine(text);
  return line === '' ? 'nothing' : `“${line}”`;
}

/** The same without the marks, for words that say on their own whose they are. */
export function oneLine(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line;
}

/** The last line that says something: where a program puts its reason. */
export function lastWords(stderrTail: string): string {
  const line = stderrTail.trimEnd().split('\n').at(-1) ?? '';
  return line.trim() === '' ? '; it wrote nothing to stderr' : `; stderr ended with ${quoted(line)}`;
}
