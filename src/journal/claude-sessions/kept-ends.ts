/** The first and the last of many, and how many there were between them. */
export class KeptEnds<T> {
  readonly #each: number;
  readonly #first: T[] = [];
  #last: T[] = [];
  #leftOut = 0;

  /** `each`: how many at each end. */
  constructor(each: number) {
    this.#each = each;
  }

  add(item: T): void {
    if (this.#first.length < this.#each) {
      this.#first.push(item);
      return;
    }
    this.#last.push(item);
    // Taken away by the batch: one by one would move all of them each time.
    if (this.#last.length < this.#each * 2) return;
    this.#leftOut += this.#last.length - this.#each;
    this.#last = this.#last.slice(-this.#each);
  }

  get kept(): readonly T[] {
    return [...this.#first, ...this.#last.slice(-this.#each)];
  }

  get leftOut(): number {
    return this.#leftOut + Math.max(0, this.#last.length - this.#each);
  }
}
