/**
 * The part of the web's `Headers` that requests to a model need. Node's own one brings all of undici with it: 60 ms of CPU
 * and 10 MB for every agent. The build puts this one in its place inside Anthropic's packages.
 */

type HeadersFrom = Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

export class HttpHeaders {
  /** By name in lower case. */
  readonly #values = new Map<string, string>();

  constructor(from: HeadersFrom | null = null) {
    const entries = from === null ? [] : isIterable(from) ? from : Object.entries(from);
    for (const [name, value] of entries) this.append(name, value);
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), String(value).trim());
  }

  append(name: string, value: string): void {
    const earlier = this.get(name);
    this.set(name, earlier === null ? value : `${earlier}, ${String(value).trim()}`);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  /** Sorted by name, as the web's are. */
  entries(): IterableIterator<[string, string]> {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1)).values();
  }

  keys(): IterableIterator<string> {
    return [...this.entries()].map(([name]) => name).values();
  }

  values(): IterableIterator<string> {
    return [...this.entries()].map(([, value]) => value).values();
  }

  forEach(callback: (value: string, name: string, headers: HttpHeaders) => void): void {
    for (const [name, value] of this.entries()) callback(value, name, this);
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

function isIterable(from: HeadersFrom): from is Iterable<readonly [string, string]> {
  return Symbol.iterator in from;
}
