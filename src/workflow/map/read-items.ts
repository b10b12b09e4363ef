/** What stdin holds as items: lines, texts, records or rows. Looks at no more than the first line before it is asked for items. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { CSV, DelimitedRow, type Dialect, TSV } from './delimited-row.ts';
import type { InputKind, ItemFields, MapItem } from './map-item.ts';
import { type InputLine, MAX_LINE_BYTES } from './read-lines.ts';

export interface MapInput {
  readonly kind: InputKind;
  /** It was not said but found out, from the first line. */
  readonly isGuessed: boolean;
  /** Of rows: the names in the header; `undefined` for lines and records, whose names come with each. */
  readonly columns: readonly string[] | undefined;
  readonly items: AsyncIterable<MapItem>;
}

export class BadHeader extends Error {
  override readonly name = 'BadHeader';
}

type Lines = AsyncIterator<InputLine, void, undefined>;

/** `undefined`: there is nothing. `wanted`: what the user said it is. Rejects with `BadHeader`. */
export async function openItems(
  lines: AsyncIterable<InputLine>,
  wanted: InputKind | undefined,
): Promise<MapInput | undefined> {
  const reader = lines[Symbol.asyncIterator]() as Lines;
  const first = await nextFilled(reader);
  if (first === undefined) return undefined;
  const kind = wanted ?? (isJsonObject(parsed(first.text)) ? 'ndjson' : 'lines');
  const isGuessed = wanted === undefined && kind === 'ndjson';
  if (kind === 'tsv' || kind === 'csv') return await openRows(first, reader, kind);
  const itemOf = kind === 'ndjson' ? recordItem : lineItem;
  return { kind, isGuessed, columns: undefined, items: numbered(first, reader, itemOf) };
}

/** Empty lines are no items: a prompt about nothing costs as much as one about something. */
async function nextFilled(reader: Lines): Promise<InputLine | undefined> {
  for (;;) {
    const next = await reader.next();
    if (next.done === true) return undefined;
    if (next.value.text !== '' || next.value.tooLongBytes !== undefined) return next.value;
  }
}

async function* numbered(
  first: InputLine,
  reader: Lines,
  itemOf: (line: InputLine, seq: number) => MapItem,
): AsyncGenerator<MapItem> {
  let seq = 0;
  try {
    for (let line: InputLine | undefined = first; line !== undefined; line = await nextFilled(reader)) {
      seq += 1;
      yield itemOf(line, seq);
    }
  } finally {
    await reader.return?.();
  }
}

function lineItem(line: InputLine, seq: number): MapItem {
  return { seq, text: line.text, input: line.text, fields: undefined, problem: sizeProblem(line, seq) };
}

function recordItem(line: InputLine, seq: number): MapItem {
  const { text } = line;
  const value = parsed(text);
  const wrong =
    value === undefined ? `item ${seq} is not JSON: ${JSON.stringify(text.slice(0, 80))}` : undefined;
  const fields = isJsonObject(value) ? recordFields(value) : NO_FIELDS;
  return { seq, text, input: value ?? text, fields, problem: sizeProblem(line, seq) ?? wrong };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function sizeProblem({ tooLongBytes }: InputLine, seq: number): string | undefined {
  if (tooLongBytes === undefined) return undefined;
  return `item ${seq} is a line of ${tooLongBytes} bytes; the largest that is taken has ${MAX_LINE_BYTES}`;
}

const NO_FIELDS: ItemFields = { names: [], get: () => undefined };

/** A name with dots is a field of that name, else a way into nested objects. */
function recordFields(record: JsonObject): ItemFields {
  return { names: Object.keys(record), get: (name) => own(record, name) ?? nested(record, name.split('.')) };
}

function own(record: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function nested(record: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = record;
  for (const name of path) value = isJsonObject(value) ? own(value, name) : undefined;
  return value;
}

async function openRows(first: InputLine, reader: Lines, kind: 'tsv' | 'csv'): Promise<MapInput> {
  const dialect = kind === 'csv' ? CSV : TSV;
  const { row: header } = await rowFrom(first, reader, dialect);
  const columns = header.fields;
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  const wrong =
    header.problem ?? (twice === undefined ? undefined : `it names ${JSON.stringify(twice)} twice`);
  if (wrong !== undefined) {
    throw new BadHeader(
      `the first line must name the columns, and ${wrong}: ${JSON.stringify(first.text.slice(0, 120))}`,
    );
  }
  return { kind, isGuessed: false, columns, items: rows(reader, dialect, columns) };
}

async function* rows(reader: Lines, dialect: Dialect, columns: readonly string[]): AsyncGenerator<MapItem> {
  let seq = 0;
  try {
    for (;;) {
      const first = await nextFilled(reader);
      if (first === undefined) return;
      const { row, text } = await rowFrom(first, reader, dialect);
      seq += 1;
      yield rowItem(row, text, columns, seq, first);
    }
  } finally {
    await reader.return?.();
  }
}

async function rowFrom(first: InputLine, reader: Lines, dialect: Dialect) {
  const row = new DelimitedRow(dialect);
  const texts = [first.text];
  let bytes = first.text.length;
  let whole = row.push(first.text);
  // A quote that is never closed would take the rest of the input for one field.
  while (!whole && bytes <= MAX_LINE_BYTES) {
    const next = await reader.next();
    if (next.done === true) break;
    texts.push(next.value.text);
    bytes += next.value.text.length + 1;
    whole = row.push(next.value.text);
  }
  return { row, text: texts.join('\n') };
}

function rowItem(
  { fields: values, problem }: DelimitedRow,
  text: string,
  columns: readonly string[],
  seq: number,
  line: InputLine,
): MapItem {
  const named = new Map(columns.map((name, at) => [name, values[at]]));
  const uneven =
    values.length === columns.length
      ? undefined
      : `it has ${values.length} fields and the header ${columns.length}`;
  const wrong = problem ?? uneven;
  return {
    seq,
    text,
    input: wrong === undefined ? (Object.fromEntries(named) as JsonObject) : text,
    fields: { names: columns, get: (name) => named.get(name) },
    problem:
      sizeProblem(line, seq) ??
      (wrong === undefined
        ? undefined
        : `item ${seq} is no such row: ${wrong}: ${JSON.stringify(text.slice(0, 80))}`),
  };
}
