/**
 * The prompt of every item, cut into parts once. Values are put in as they are: nothing of a template or an item ever
 * meets a shell, and what an item holds is never searched for placeholders again.
 */
import type { Json } from '../../core/json.ts';
import type { MapItem } from './map-item.ts';

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'whole' }
  | { readonly kind: 'number' }
  | { readonly kind: 'field'; readonly name: string };

export type Rendered =
  | { readonly kind: 'prompt'; readonly prompt: string }
  | { readonly kind: 'problem'; readonly message: string };

/** `{}`, `{#}`, `{name}`; doubled braces around one of them keep it as it is written. A name has no space at its ends, so that code keeps its braces. */
const NAME = String.raw`[\p{L}\p{N}_](?:[\p{L}\p{N}_ .\-]*[\p{L}\p{N}_])?`;
const NAMED = new RegExp(String.raw`\{(\{(?:#|${NAME})?\})\}|\{(#|${NAME})?\}`, 'gu');
const UNNAMED = /\{(\{#?\})\}|\{(#)?\}/g;

export class MapTemplate {
  readonly #parts: readonly Part[];

  private constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  /** `named`: the input has fields, so that `{word}` means one; a line has none, and `{word}` stays. */
  static parse(text: string, named: boolean): MapTemplate {
    const parts = partsOf(text, named ? NAMED : UNNAMED);
    if (parts.some(({ kind }) => kind !== 'text')) return new MapTemplate(parts);
    // As in `xargs` and GNU parallel: what names no place for its input gets it at the end.
    const before = text === '' ? '' : `${text} `;
    return new MapTemplate([...partsOf(before, UNNAMED), { kind: 'whole' }]);
  }

  /** Names of the fields that every item must have. */
  get fields(): readonly string[] {
    return [...new Set(this.#parts.flatMap((part) => (part.kind === 'field' ? [part.name] : [])))];
  }

  render(item: MapItem): Rendered {
    if (item.problem !== undefined) return { kind: 'problem', message: item.problem };
    let prompt = '';
    for (const part of this.#parts) {
      switch (part.kind) {
        case 'text':
          prompt += part.text;
          break;
        case 'whole':
          prompt += item.text;
          break;
        case 'number':
          prompt += item.seq;
          break;
        case 'field': {
          const value = item.fields?.get(part.name);
          if (value === undefined) return { kind: 'problem', message: missingField(part.name, item) };
          prompt += textOf(value);
        }
      }
    }
    return { kind: 'prompt', prompt };
  }
}

function partsOf(text: string, pattern: RegExp): Part[] {
  const parts: Part[] = [];
  let plain = '';
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    plain += text.slice(at, found.index);
    at = found.index + found[0].length;
    const [, kept, name] = found;
    if (kept !== undefined) {
      plain += kept;
      continue;
    }
    if (plain !== '') parts.push({ kind: 'text', text: plain });
    plain = '';
    parts.push(
      name === undefined ? { kind: 'whole' } : name === '#' ? { kind: 'number' } : { kind: 'field', name },
    );
  }
  plain += text.slice(at);
  return plain === '' ? parts : [...parts, { kind: 'text', text: plain }];
}

/** Of a record with very many. */
const NAMES_SHOWN = 20;

export function missingField(name: string, { seq, fields }: Pick<MapItem, 'seq' | 'fields'>): string {
  return `item ${seq} has no field ${JSON.stringify(name)}; ${namesText(fields?.names ?? [])}`;
}

export function namesText(names: readonly string[]): string {
  if (names.length === 0) return 'it has no fields';
  const hidden = names.length - NAMES_SHOWN;
  return `its fields are ${names.slice(0, NAMES_SHOWN).join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`;
}

/** Text raw, anything else as JSON: a list in a prompt reads as a list. */
function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
