/** Closes every way to the clock and to chance: what they gave would differ when the run is resumed. */

const REMEDY =
  'it would differ when the run is resumed. Pass it in through args, or stamp the result after the run';

function refuse(what: string): never {
  throw new Error(`${what} is not available in a workflow script: ${REMEDY}.`);
}

export function makeRepeatable(): void {
  replaceDate();
  define(Math, 'random', () => refuse('Math.random()'));
  replaceDateTimeFormat();
}

/** The same class, but for the calls that read the clock. Its prototype stays the engine's, so dates stay dates. */
function replaceDate(): void {
  const EngineDate = Date;
  function RepeatableDate(this: unknown, ...args: unknown[]): Date {
    if (new.target === undefined) refuse('Date()');
    if (args.length === 0) refuse('new Date()');
    return Reflect.construct(EngineDate, args, new.target) as Date;
  }
  define(RepeatableDate, 'name', 'Date');
  define(RepeatableDate, 'length', EngineDate.length);
  define(RepeatableDate, 'UTC', EngineDate.UTC);
  define(RepeatableDate, 'parse', EngineDate.parse);
  define(RepeatableDate, 'now', () => refuse('Date.now()'));
  Object.defineProperty(RepeatableDate, 'prototype', { value: EngineDate.prototype, writable: false });
  define(EngineDate.prototype, 'constructor', RepeatableDate);
  define(globalThis, 'Date', RepeatableDate);
}

/** Without a date these format the present. */
function replaceDateTimeFormat(): void {
  const prototype = Intl.DateTimeFormat.prototype;
  const formatOf = Object.getOwnPropertyDescriptor(prototype, 'format')?.get;
  if (formatOf === undefined) throw new Error('Intl.DateTimeFormat.prototype.format is no accessor');
  Object.defineProperty(prototype, 'format', {
    get(this: Intl.DateTimeFormat) {
      const format = Reflect.apply(formatOf, this, []) as Intl.DateTimeFormat['format'];
      return (date?: Date | number) => format(dateOf(date));
    },
    configurable: true,
  });
  const { formatToParts } = prototype;
  define(prototype, 'formatToParts', function (this: Intl.DateTimeFormat, date?: Date | number) {
    return Reflect.apply(formatToParts, this, [dateOf(date)]);
  });
}

function dateOf(date: Date | number | undefined): Date | number {
  return date === undefined ? refuse('formatting the present') : date;
}

function define(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: true, enumerable: false, configurable: true });
}
