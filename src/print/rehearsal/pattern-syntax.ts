/** Reads a JSON Schema `pattern` into a tree that text can be grown from. A pattern it cannot read is `undefined`, never a guess. */

export type PatternNode =
  | { readonly kind: 'either'; readonly branches: readonly PatternNode[] }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly item: PatternNode; readonly min: number; readonly max: number }
  /** One character that matches this piece of pattern text: `x`, `\d`, `[^a-z]`, `.`, `\p{L}`. */
  | { readonly kind: 'character'; readonly source: string }
  | { readonly kind: 'group'; readonly item: PatternNode; readonly names: readonly string[] }
  | { readonly kind: 'reference'; readonly name: string }
  /** Asks something of the text around it and consumes nothing. */
  | { readonly kind: 'look'; readonly item: PatternNode; readonly wanted: boolean }
  | { readonly kind: 'boundary' };

export function parsePattern(pattern: string): PatternNode | undefined {
  const parser = new PatternParser(pattern);
  const node = parser.either();
  return parser.atEnd && !parser.failed ? node : undefined;
}

class PatternParser {
  readonly #text: readonly string[];
  #at = 0;
  #groups = 0;
  failed = false;

  constructor(pattern: string) {
    this.#text = Array.from(pattern);
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  either(): PatternNode {
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    return branches.length === 1 && branches[0] !== undefined ? branches[0] : { kind: 'either', branches };
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (!this.atEnd && !this.#sees('|') && !this.#sees(')')) items.push(this.#quantified(this.#atom()));
    return { kind: 'sequence', items };
  }

  #atom(): PatternNode {
    if (this.#take('^') || this.#take('$')) return { kind: 'boundary' };
    if (this.#take('(')) return this.#group();
    if (this.#sees('[')) return { kind: 'character', source: this.#set() };
    if (this.#sees('\\')) return this.#escape();
    return { kind: 'character', source: this.#next() };
  }

  #group(): PatternNode {
    for (const opening of ['?=', '?!', '?<!']) {
      if (this.#take(opening))
        return this.#closed({ kind: 'look', item: this.either(), wanted: opening === '?=' });
    }
    // What must stand before is simply written: only a pattern with anchors would mind, and its text is tried anyway.
    if (this.#take('?:') || this.#take('?<=')) return this.#closed(this.either());
    const number = String(++this.#groups);
    const names = this.#take('?<') ? [number, this.#until('>')] : [number];
    if (this.#sees('?')) this.failed = true;
    return this.#closed({ kind: 'group', item: this.either(), names });
  }

  #closed(node: PatternNode): PatternNode {
    if (!this.#take(')')) this.failed = true;
    return node;
  }

  #set(): string {
    let source = this.#next();
    while (!this.atEnd && !this.#sees(']'))
      source += this.#sees('\\') ? this.#next() + this.#next() : this.#next();
    return source + this.#next();
  }

  #escape(): PatternNode {
    const start = this.#next() + this.#next();
    const letter = start.slice(1);
    if (letter === 'b' || letter === 'B') return { kind: 'boundary' };
    if (letter === 'k' && this.#take('<')) return { kind: 'reference', name: this.#until('>') };
    if (/[1-9]/.test(letter)) return { kind: 'reference', name: letter + this.#while(/\d/) };
    return { kind: 'character', source: start + this.#escapeRest(letter) };
  }

  #escapeRest(letter: string): string {
    if ((letter === 'p' || letter === 'P' || letter === 'u') && this.#sees('{'))
      return `${this.#until('}')}}`;
    if (letter === 'u') return this.#count(4);
    if (letter === 'x') return this.#count(2);
    return letter === 'c' ? this.#count(1) : '';
  }

  #quantified(item: PatternNode): PatternNode {
    const range = this.#range();
    if (range === undefined) return item;
    this.#take('?');
    return { kind: 'repeat', item, ...range };
  }

  #range(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    const counted = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#text.slice(this.#at, this.#at + 24).join(''));
    if (counted === null) return undefined;
    this.#at += counted[0].length;
    const min = Number(counted[1]);
    if (counted[2] === undefined) return { min, max: min };
    return { min, max: counted[3] === '' ? Number.POSITIVE_INFINITY : Number(counted[3]) };
  }

  #sees(start: string): boolean {
    return Array.from(start).every((character, index) => this.#text[this.#at + index] === character);
  }

  #take(start: string): boolean {
    if (!this.#sees(start)) return false;
    this.#at += Array.from(start).length;
    return true;
  }

  #next(): string {
    const character = this.#text[this.#at++];
    if (character === undefined) this.failed = true;
    return character ?? '';
  }

  #count(characters: number): string {
    return Array.from({ length: characters }, () => this.#next()).join('');
  }

  /** Up to `end`, which is taken and not returned. */
  #until(end: string): string {
    let text = '';
    while (!this.atEnd && !this.#sees(end)) text += this.#next();
    if (!this.#take(end)) this.failed = true;
    return text;
  }

  #while(pattern: RegExp): string {
    let text = '';
    while (!this.atEnd && pattern.test(this.#text[this.#at] ?? '')) text += this.#next();
    return text;
  }
}
