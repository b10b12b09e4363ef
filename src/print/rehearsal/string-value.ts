/** Makes a string: by its pattern, else by its format, else by its name; and as long as it may be. */
import { type Conjunction, Impossible } from './conjunction.ts';
import { formatText } from './format-text.ts';
import { namedText } from './named-text.ts';
import { type LengthRange, patternText } from './pattern-text.ts';
import type { Place } from './place.ts';

/** Of several patterns at once: text for each in turn, and for one after the other. */
const TRIES_FOR_SEVERAL = 20;

/** What a rehearsal makes of one text is read by people, and held in the memory of the whole run. */
const MAX_CHARACTERS = 1_000_000;

export function stringValue(whole: Conjunction, place: Place): string {
  const length = {
    min: whole.greatest('minLength') ?? 0,
    max: whole.least('maxLength') ?? Number.POSITIVE_INFINITY,
  };
  if (length.min > length.max) {
    throw new Impossible(
      `${place.path || 'root'}: minLength ${length.min} is more than maxLength ${length.max}`,
    );
  }
  if (length.min > MAX_CHARACTERS) {
    throw new Impossible(
      `${place.path || 'root'}: minLength ${length.min} is more than the ${MAX_CHARACTERS} characters a rehearsal writes`,
    );
  }
  const patterns = whole.texts('pattern');
  if (patterns.length > 0) return byPatterns(patterns, length, place);
  const format = whole.texts('format')[0];
  const text = (format === undefined ? undefined : formatText(format, place)) ?? namedText(place);
  return fitted(text, length);
}

/** A text named by its property often matches as it is, and reads better than one grown from the pattern. */
function byPatterns(patterns: readonly string[], length: LengthRange, place: Place): string {
  const matchers = patterns.map((pattern) => new RegExp(pattern, 'u'));
  const matches = (text: string): boolean => matchers.every((matcher) => matcher.test(text));
  const readable = fitted(namedText(place), length);
  if (matches(readable)) return readable;
  for (let attempt = 0; attempt < (patterns.length === 1 ? 1 : TRIES_FOR_SEVERAL); attempt++) {
    const order = place.chance.shuffled(patterns);
    const pieces = order.map((pattern) => patternText(pattern, lengthFor(order, length), place.chance));
    const text = [pieces[0], pieces.join('')].find(
      (piece) => piece !== undefined && matches(piece) && fits(piece, length),
    );
    if (text !== undefined) return text;
  }
  throw new Impossible(
    `${place.path || 'root'}: no text was found for the pattern ${patterns.join(' and ')}`,
  );
}

/** A piece may be shorter than the whole. */
function lengthFor(patterns: readonly string[], { min, max }: LengthRange): LengthRange {
  return patterns.length === 1 ? { min, max } : { min: Math.ceil(min / patterns.length), max };
}

function fits(text: string, { min, max }: LengthRange): boolean {
  const characters = Array.from(text).length;
  return characters >= min && characters <= max;
}

/** JSON Schema counts code points. */
function fitted(text: string, { min, max }: LengthRange): string {
  const characters = Array.from(text);
  if (characters.length > max) return characters.slice(0, max).join('').trimEnd().padEnd(min, '.');
  return characters.length < min
    ? text + ' and so on'.repeat(Math.ceil((min - characters.length) / 10)).slice(0, min - characters.length)
    : text;
}
