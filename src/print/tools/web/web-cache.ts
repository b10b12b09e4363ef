/** Pages that were fetched a moment ago: a model asks one page several things. In memory, of this session alone. */
import type { Clock } from '../../../core/ports.ts';

export interface CachedPage {
  readonly status: number;
  readonly statusText: string;
  readonly bytes: number;
  readonly text: string;
}

const LIFE_MS = 15 * 60 * 1000;
const MAX_CHARACTERS = 20_000_000;

export class WebCache {
  readonly #clock: Clock;
  readonly #pages = new Map<string, { readonly page: CachedPage; readonly endsMs: number }>();
  #characters = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(address: string): CachedPage | undefined {
    const entry = this.#pages.get(address);
    if (entry === undefined || entry.endsMs > this.#clock.monotonicMs()) return entry?.page;
    this.#drop(address);
    return undefined;
  }

  put(address: string, page: CachedPage): void {
    this.#drop(address);
    this.#pages.set(address, { page, endsMs: this.#clock.monotonicMs() + LIFE_MS });
    this.#characters += page.text.length;
    for (const oldest of this.#pages.keys()) {
      if (this.#characters <= MAX_CHARACTERS) return;
      this.#drop(oldest);
    }
  }

  #drop(address: string): void {
    this.#characters -= this.#pages.get(address)?.page.text.length ?? 0;
    this.#pages.delete(address);
  }
}
