/** Shares the bytes of a page among its texts: short ones are whole, and all long ones are cut at the same length. */
import { countText } from '../text/figures.ts';
import { safeText } from '../text/safe-text.ts';
import { characterBytes, type Html, html, htmlBytes } from './html.ts';

/** The length up to which each text of these sizes may go, so that all of them fit into `room`; 0 when there is none. */
export function fairCap(sizes: readonly number[], room: number): number {
  const smallestFirst = [...sizes].sort((a, b) => a - b);
  let left = Math.max(0, room);
  for (const [at, size] of smallestFirst.entries()) {
    const share = left / (smallestFirst.length - at);
    if (size > share) return Math.floor(share);
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}

export function fits(text: string, maxBytes: number): boolean {
  return text.length <= maxBytes && htmlBytes(text) <= maxBytes;
}

/**
 * As much of a text as fits into `maxBytes`, then how much more there is. No more of it is looked at than could be shown.
 * `characters`: of the whole, of which `text` may be the beginning.
 */
export function fittedText(text: string, maxBytes: number, characters = text.length): Html {
  if (text.length === characters && fits(text, maxBytes)) return html`${text}`;
  const shown = beginning(text, maxBytes);
  return html`${shown}<u>… ${countText(Math.max(1, characters - shown.length), 'more character')}</u>`;
}

function beginning(text: string, maxBytes: number): string {
  const safe = safeText(text.slice(0, Math.max(0, maxBytes)));
  let left = maxBytes;
  let end = 0;
  for (const character of safe) {
    left -= characterBytes(character);
    if (left < 0) break;
    end += character.length;
  }
  return safe.slice(0, end);
}
