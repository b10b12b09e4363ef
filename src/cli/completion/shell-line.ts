/**
 * The words of a half-typed line as bash has them, and candidates as bash wants them. Names are anybody's text: what is put
 * into the line here is run when Enter is pressed, so that nothing in it may mean anything to the shell.
 */

export interface ShellLine {
  /** Behind the command's own name, without their quotes; the last as far as it is typed. */
  readonly words: readonly string[];
  /** How a candidate goes into the line; `undefined` where it cannot. */
  readonly inserted: (value: string) => string | undefined;
}

/** As other shells give them: words apart as they were typed. They quote what they insert. */
export function wordsTyped(raw: readonly string[]): ShellLine {
  return { words: raw.map((word) => unquoted(word).text), inserted: (value) => value };
}

/** `raw`: COMP_WORDS as far as the cursor's, where `--flag=value` and `a:b` are three words each. */
export function bashLine([, ...raw]: readonly string[]): ShellLine | undefined {
  const last = raw.at(-1) ?? '';
  const current = isBreak(last) ? '' : last;
  const { text, quote, isOdd } = unquoted(current);
  if (isOdd) return undefined;
  const words = joined(raw);
  // bash replaces no more than what follows the last break.
  const kept = (words.at(-1) ?? '').length - text.length;
  return {
    words,
    inserted: (value) => {
      const rest = value.slice(kept);
      if (quote === '') return rest.replace(SPECIAL, '\\$&');
      return UNQUOTABLE[quote].test(rest) ? undefined : rest;
    },
  };
}

/** Everything but letters, digits and what no shell takes notice of. */
const SPECIAL = /[^\p{L}\p{M}\p{N}_@%+=:,./-]/gu;
/** What still means something, or ends it, within an open quote. */
const UNQUOTABLE = { '"': /["$`\\!]/, "'": /'/ } as const;

function isBreak(word: string): boolean {
  return /^[=:]+$/.test(word);
}

function joined(raw: readonly string[]): string[] {
  const words: string[] = [];
  raw.forEach((word, at) => {
    const { text } = unquoted(word);
    const before = raw[at - 1];
    const isPart = at > 0 && (isBreak(word) || (before !== undefined && isBreak(before)));
    if (isPart) words.push(`${words.pop() ?? ''}${text}`);
    else words.push(text);
  });
  return words.length === 0 ? [''] : words;
}

interface Unquoted {
  readonly text: string;
  /** One that is still open, from the word's beginning. */
  readonly quote: '' | '"' | "'";
  /** Quotes elsewhere: bash would replace another part of the word than is meant. */
  readonly isOdd: boolean;
}

function unquoted(word: string): Unquoted {
  const open = word[0];
  const body = word.slice(1);
  if (open === "'" && !body.includes("'")) return { text: body, quote: open, isOdd: false };
  if (open === '"' && !/^(?:[^"\\]|\\.)*"/s.test(body)) {
    return { text: body.replace(/\\(["$`\\])/g, '$1'), quote: open, isOdd: false };
  }
  const text = word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
    (_all, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replace(/\\(["$`\\])/g, '$1') ?? escaped ?? '',
  );
  return { text, quote: '', isOdd: /(?:^|[^\\])(?:\\\\)*["']/.test(word) };
}
