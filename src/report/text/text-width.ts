/** Columns, not characters: a wide character takes two, a combining mark none, a family emoji two in all. */
import stringWidth from 'string-width';
import { safeLine } from './safe-text.ts';

const ELLIPSIS = '…';

/** Far more than any visible character needs; a pile of a million combining marks is cut instead of measured. */
const MAX_UNITS_PER_COLUMN = 32;

const PRINTABLE_ASCII = /^[ -~]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function displayWidth(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/** Foreign text as one harmless line of at most `columns` columns, its end replaced by an ellipsis if it is longer. */
export function fitted(text: string, columns: number): string {
  if (columns <= 0) return '';
  const bounded = text.slice(0, (columns + 1) * MAX_UNITS_PER_COLUMN);
  return truncated(safeLine(bounded), columns, bounded.length < text.length);
}

function truncated(line: string, columns: number, hasMore: boolean): string {
  if (PRINTABLE_ASCII.test(line)) {
    if (line.length <= columns && !hasMore) return line;
    return line.slice(0, columns - 1).trimEnd() + ELLIPSIS;
  }
  let width = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(line)) {
    width += stringWidth(segment);
    if (width > columns) return line.slice(0, end).trimEnd() + ELLIPSIS;
    if (width <= columns - 1) end = index + segment.length;
  }
  return hasMore ? line.slice(0, end).trimEnd() + ELLIPSIS : line;
}

/** `text` with spaces after it, up to `columns` columns. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** `text` with spaces before it, up to `columns` columns. */
export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - displayWidth(text))) + text;
}
