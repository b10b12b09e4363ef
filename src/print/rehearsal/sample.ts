/** A valid value for any JSON Schema, the same for the same call, and not the same for ever. */
import type { Json, JsonObject } from '../../core/json.ts';
import { TimeLimitError, withTimeLimit } from '../../wire/schemas/time-limit.ts';
import { Impossible } from './conjunction.ts';
import { Generator } from './generator.ts';
import { rootPlace } from './place.ts';
import { SchemaBook } from './schema-book.ts';

const LIMIT_MS = 5_000;

/** No value was found. The schema may have none, or ask for more than the rehearsal can think of. */
export class NoSample extends Error {
  override readonly name = 'NoSample';
}

/** Throws `NoSample` rather than return a value that does not match. */
export function sampleOf(schema: JsonObject, key: string, occurrence: number): Json {
  try {
    return withTimeLimit(LIMIT_MS, () => {
      const book = bookOf(schema);
      const value = new Generator(book).value([book.root], rootPlace(key, occurrence));
      if (!book.accepts(value)) throw new Impossible('what was made does not match the schema as a whole');
      return value;
    });
  } catch (error) {
    if (error instanceof RangeError) throw noSample('it leads back to itself, or is too deep or too large');
    if (error instanceof Impossible || error instanceof TimeLimitError) throw noSample(error.message);
    throw error;
  }
}

/** Compiling a schema costs more than a sample of it, and a fan-out asks for one schema a thousand times. */
function bookOf(schema: JsonObject): SchemaBook {
  const text = JSON.stringify(schema);
  const book = books.get(text) ?? new SchemaBook(schema);
  if (books.size >= MAX_BOOKS) books.clear();
  books.set(text, book);
  return book;
}

const MAX_BOOKS = 100;
const books = new Map<string, SchemaBook>();

function noSample(why: string): NoSample {
  return new NoSample(`the rehearsal found no value for this schema: ${why}`);
}
