/**
 * Cuts the long strings of a JSON line without parsing it, so that a line of tens of megabytes, which is a pasted file or
 * a tool's output most of the time, costs its bytes once and not several times over as text and value.
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** The same JSON with no string longer than so many bytes of its source; `undefined` when a string never ends. */
export function withShortStrings(line: Buffer, maxStringBytes: number): Buffer | undefined {
  const parts: Buffer[] = [];
  let kept = 0;
  for (let start = line.indexOf(QUOTE); start !== -1; ) {
    const end = endOfString(line, start);
    if (end === -1) return undefined;
    if (end - start - 1 > maxStringBytes) {
      parts.push(line.subarray(kept, cutOf(line, start + 1, maxStringBytes)));
      kept = end;
    }
    start = line.indexOf(QUOTE, end + 1);
  }
  return parts.length === 0 ? line : Buffer.concat([...parts, line.subarray(kept)]);
}

/** Where the closing quote stands: the first one that no odd number of backslashes precedes. */
function endOfString(line: Buffer, start: number): number {
  for (let quote = line.indexOf(QUOTE, start + 1); quote !== -1; quote = line.indexOf(QUOTE, quote + 1)) {
    let before = quote;
    while (line[before - 1] === BACKSLASH) before -= 1;
    if ((quote - before) % 2 === 0) return quote;
  }
  return -1;
}

/** The last place within the limit that is neither inside an escape nor inside a character. */
function cutOf(line: Buffer, from: number, maxBytes: number): number {
  const limit = from + maxBytes;
  let at = from;
  for (let next = from; next <= limit; ) {
    at = next;
    if (line[next] !== BACKSLASH) next += 1;
    else next += line[next + 1] === LETTER_U ? 6 : 2;
  }
  while (at > from && ((line[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}
