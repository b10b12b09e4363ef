/** Chance that is the same every time: numbers drawn from a text, so that a rehearsal can be repeated and replayed. */

export class Chance {
  readonly #seed: string;
  #state: number;

  constructor(seed: string) {
    this.#seed = seed;
    this.#state = hashOf(seed);
  }

  /** Another source, of its own sequence: what is drawn here never shifts what is drawn there. */
  fork(label: string): Chance {
    return new Chance(`${this.#seed}/${label}`);
  }

  /** In [0, 1). The mixing steps are those of the mulberry32 generator. */
  number(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.number() * (high - low + 1));
  }

  isTrue(probability: number): boolean {
    return this.number() < probability;
  }

  pick<T>(choices: readonly [T, ...T[]]): T;
  pick<T>(choices: readonly T[]): T | undefined;
  pick<T>(choices: readonly T[]): T | undefined {
    return choices[this.integer(0, choices.length - 1)];
  }

  shuffled<T>(choices: readonly T[]): T[] {
    const ranked = choices.map((choice) => ({ choice, rank: this.number() }));
    return ranked.sort((a, b) => a.rank - b.rank).map(({ choice }) => choice);
  }
}

/** 32-bit FNV-1a, then an avalanche: texts that differ in their last letter give unrelated numbers. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
