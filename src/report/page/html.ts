/**
 * HTML as a value: whatever is put into a template is made safe and escaped, unless it is HTML itself. No text can
 * become markup by being forgotten, since there is no other way to make an `Html`.
 */
import { safeText } from '../text/safe-text.ts';

export type Part = Html | string | number | undefined | readonly Part[];

export class Html {
  readonly text: string;

  /** To be called for text of our own only; everything else goes through `html`. */
  constructor(text: string) {
    this.text = text;
  }

  get bytes(): number {
    return Buffer.byteLength(this.text);
  }
}

export const NOTHING = new Html('');

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0] ?? '';
  let inTag = endsInTag(text, false);
  parts.forEach((part, at) => {
    const literal = strings[at + 1] ?? '';
    text += inTag ? attributeText(part) : contentText(part);
    text += literal;
    inTag = endsInTag(literal, inTag);
  });
  return new Html(text);
}

function endsInTag(literal: string, before: boolean): boolean {
  const opened = literal.lastIndexOf('<');
  const closed = literal.lastIndexOf('>');
  return opened === closed ? before : opened > closed;
}

function contentText(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(contentText).join('');
  return escaped(safeText(String(part)));
}

/** Contract: the template has put it between double quotes. */
function attributeText(part: Part): string {
  if (typeof part === 'object') throw new Error('only text can be the value of an attribute');
  return escaped(safeText(String(part ?? ''))).replace(/"/g, '&quot;');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Quotes are no more than text outside of tags, and answers in JSON are full of them. */
function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? '');
}

/** What a text takes on the page, in bytes. */
export function htmlBytes(text: string): number {
  return Buffer.byteLength(contentText(text));
}

/** What one character takes, of a text that is already safe. */
export function characterBytes(character: string): number {
  return ENTITIES[character]?.length ?? Buffer.byteLength(character);
}
