/** Makes a number between its bounds, plausible for its name where the schema leaves room. */
import { type Conjunction, Impossible } from './conjunction.ts';
import type { Place } from './place.ts';
import { wordsOf } from './property-words.ts';

interface Range {
  readonly low: number;
  readonly high: number;
}

export function numberValue(whole: Conjunction, place: Place, isInteger: boolean): number {
  const { low, high } = rangeOf(whole, place, isInteger);
  if (low > high) throw new Impossible(`${place.path || 'root'}: no number lies between ${low} and ${high}`);
  const step = stepOf(whole, isInteger);
  if (step !== undefined) return multipleBetween(low, high, step, place);
  const value = low + place.chance.number() * (high - low);
  const rounded = Number(value.toFixed(2));
  return isOpen(whole, rounded) && rounded >= low && rounded <= high ? rounded : value;
}

function rangeOf(whole: Conjunction, place: Place, isInteger: boolean): Range {
  const low = lowest(whole, isInteger);
  const high = highest(whole, isInteger);
  const span = spanFor(place.name);
  const usual = Math.max(span.high - span.low, 10 * Math.max(1, ...whole.numbers('multipleOf')));
  // What is usual did not fit: further away something may.
  const room = usual * (1 + place.attempt) ** 2;
  if (low !== undefined && high !== undefined) return { low, high };
  if (low !== undefined) return { low, high: Math.max(low + room, span.high) };
  if (high !== undefined)
    return { low: place.attempt === 0 && high >= span.low ? span.low : high - room, high };
  return isInteger || span.high > 1 ? { low: span.low, high: span.low + room } : span;
}

/** Exclusive bounds are 1 away for integers, and the nearest number away otherwise. */
function lowest(whole: Conjunction, isInteger: boolean): number | undefined {
  const inclusive = whole.greatest('minimum');
  const exclusive = whole.greatest('exclusiveMinimum');
  const above =
    exclusive === undefined ? undefined : isInteger ? Math.floor(exclusive) + 1 : beyond(exclusive, 1);
  const bounds = [inclusive, above].filter((bound) => bound !== undefined);
  return bounds.length === 0 ? undefined : isInteger ? Math.ceil(Math.max(...bounds)) : Math.max(...bounds);
}

function highest(whole: Conjunction, isInteger: boolean): number | undefined {
  const inclusive = whole.least('maximum');
  const exclusive = whole.least('exclusiveMaximum');
  const below =
    exclusive === undefined ? undefined : isInteger ? Math.ceil(exclusive) - 1 : beyond(exclusive, -1);
  const bounds = [inclusive, below].filter((bound) => bound !== undefined);
  return bounds.length === 0 ? undefined : isInteger ? Math.floor(Math.min(...bounds)) : Math.min(...bounds);
}

function beyond(bound: number, direction: number): number {
  return bound + direction * Math.max(Math.abs(bound) * 1e-9, 1e-9);
}

function isOpen(whole: Conjunction, value: number): boolean {
  return ![...whole.numbers('exclusiveMinimum'), ...whole.numbers('exclusiveMaximum')].includes(value);
}

/** The step that fits every `multipleOf`: the validator tries it, so a product will do for a common multiple. */
function stepOf(whole: Conjunction, isInteger: boolean): number | undefined {
  const steps = [...new Set(whole.numbers('multipleOf'))].filter((step) => step > 0);
  if (steps.length === 0) return isInteger ? 1 : undefined;
  const step = steps.reduce((a, b) => leastCommonMultiple(a, b));
  return isInteger ? leastCommonMultiple(step, 1) : step;
}

function leastCommonMultiple(a: number, b: number): number {
  for (let factor = 1; factor <= 10_000; factor++) {
    const multiple = exactProduct(a, factor);
    if (Number.isInteger(Number((multiple / b).toPrecision(12)))) return multiple;
  }
  return a * b;
}

function multipleBetween(low: number, high: number, step: number, place: Place): number {
  const first = Math.ceil(Number((low / step).toPrecision(15)));
  const last = Math.floor(Number((high / step).toPrecision(15)));
  if (first > last)
    throw new Impossible(`${place.path || 'root'}: no multiple of ${step} lies between ${low} and ${high}`);
  return exactProduct(step, place.chance.integer(first, last));
}

/** 3 × 0.1 is 0.3 to a reader, and to a validator that divides by 0.1. */
function exactProduct(step: number, factor: number): number {
  const value = step * factor;
  return Number.isSafeInteger(value) ? value : Number(value.toPrecision(12));
}

const SPANS: readonly (readonly [RegExp, Range])[] = [
  [/^(line|row|start|end|lineno)$/, { low: 1, high: 240 }],
  [/^(column|col|offset)$/, { low: 1, high: 80 }],
  [/^(confidence|probability|likelihood|fraction|ratio)$/, { low: 0, high: 1 }],
  [/^(percent|percentage|coverage)$/, { low: 0, high: 100 }],
  [/^(score|rating|quality|grade)$/, { low: 0, high: 10 }],
  [/^(year)$/, { low: 2015, high: 2026 }],
  [/^(port)$/, { low: 1024, high: 9999 }],
  [
    /^(count|total|remaining|left|number|num|n|failures|errors|issues|added|new|changes)$/,
    { low: 0, high: 3 },
  ],
];

function spanFor(name: string): Range {
  const words = wordsOf(name);
  return SPANS.find(([pattern]) => words.some((word) => pattern.test(word)))?.[1] ?? { low: 0, high: 5 };
}
