/** Grows text that matches a `pattern`. What it returns was tried on the pattern itself. */
import type { Chance } from './chance.ts';
import { type PatternNode, parsePattern } from './pattern-syntax.ts';

export interface LengthRange {
  /** In characters (code points), as JSON Schema counts. */
  readonly min: number;
  readonly max: number;
}

const ATTEMPTS = 60;
const MAX_CHARACTERS = 100_000;

export function patternText(pattern: string, length: LengthRange, chance: Chance): string | undefined {
  const tree = parsePattern(pattern);
  if (tree === undefined) return undefined;
  const matcher = new RegExp(pattern, 'u');
  const fits = (text: string): boolean => {
    const characters = Array.from(text).length;
    return characters >= length.min && characters <= length.max && matcher.test(text);
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const grower = new Grower(chance.fork(String(attempt)), growthOf(attempt, length));
    const text = grower.grow(tree);
    for (const candidate of [text, grower.withWanted(text), padded(text, length.min)]) {
      if (fits(candidate)) return candidate;
    }
  }
  return undefined;
}

/** How many repeats beyond the least: small at first, then towards the length asked for. */
function growthOf(attempt: number, { min, max }: LengthRange): number {
  const growths = [3, 0, 8, 1, min, Math.ceil(min / 2), Math.min(max, 2 * min + 4), 16];
  return Math.min(growths[attempt % growths.length] ?? 0, MAX_CHARACTERS);
}

/** A pattern without anchors does not mind what follows. */
function padded(text: string, minCharacters: number): string {
  return text + 'x'.repeat(Math.max(0, minCharacters - Array.from(text).length));
}

class Grower {
  readonly #chance: Chance;
  readonly #growth: number;
  readonly #groups = new Map<string, string>();
  readonly #wanted: string[] = [];
  #left = MAX_CHARACTERS;

  constructor(chance: Chance, growth: number) {
    this.#chance = chance;
    this.#growth = growth;
  }

  grow(node: PatternNode): string {
    switch (node.kind) {
      case 'either':
        return this.grow(this.#chance.pick(node.branches) ?? { kind: 'boundary' });
      case 'sequence':
        return node.items.map((item) => this.grow(item)).join('');
      case 'repeat':
        return this.#repeat(node.item, node.min, Math.min(node.max, node.min + this.#growth));
      case 'character':
        this.#left -= 1;
        return characterFor(node.source, this.#chance);
      case 'group':
        return this.#remember(node.names, this.grow(node.item));
      case 'reference':
        return this.#groups.get(node.name) ?? '';
      case 'look':
        if (node.wanted) this.#wanted.push(this.grow(withoutLead(node.item)));
        return '';
      case 'boundary':
        return '';
    }
  }

  /** What the lookaheads asked for, laid over `text`: `^(?=.*\d)(?=.*[A-Z]).{8,}$` wants a digit and a capital somewhere. */
  withWanted(text: string): string {
    const characters = Array.from(text);
    for (const piece of this.#wanted) {
      const letters = Array.from(piece);
      const at = this.#chance.integer(0, Math.max(0, characters.length - letters.length));
      characters.splice(at, letters.length, ...letters);
    }
    return characters.join('');
  }

  #repeat(item: PatternNode, min: number, max: number): string {
    const count = this.#chance.integer(min, max);
    let text = '';
    for (let index = 0; index < count && this.#left > 0; index++) text += this.grow(item);
    return text;
  }

  #remember(names: readonly string[], text: string): string {
    for (const name of names) this.#groups.set(name, text);
    return text;
  }
}

/** `.*\d` asks for a digit anywhere: the part that may be anything is left out. */
function withoutLead(node: PatternNode): PatternNode {
  if (node.kind !== 'sequence' || node.items.length < 2) return node;
  const [first, ...rest] = node.items;
  return first?.kind === 'repeat' && first.min === 0 ? { kind: 'sequence', items: rest } : node;
}

/** Plain letters first: a sample is read by people. */
const POOLS = [
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  '-_./:@#+=, !?&%*()[]{}<>|~^$;\'"`\\',
  'äéñçøßÅÖµ°§«»αβγΩжщЯ漢字かな한글',
  '\t\n\r\u00a0\u2028\u{1f600}\u{1f680}',
];
const LAST_CODE_POINT = 0x10ffff;

const pools = new Map<string, readonly string[]>();

function characterFor(source: string, chance: Chance): string {
  const known = pools.get(source) ?? poolOf(source);
  pools.set(source, known);
  return chance.pick(known) ?? '';
}

function poolOf(source: string): string[] {
  const matcher = new RegExp(`^(?:${source})$`, 'u');
  const readable = POOLS.map((pool) => Array.from(pool).filter((character) => matcher.test(character)));
  return readable.find((pool) => pool.length > 0) ?? rareCharacter(matcher);
}

function rareCharacter(matcher: RegExp): string[] {
  for (let code = 0; code <= LAST_CODE_POINT; code++) {
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    if (!isSurrogate && matcher.test(String.fromCodePoint(code))) return [String.fromCodePoint(code)];
  }
  return [];
}
