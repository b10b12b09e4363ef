/** Points in time: in UTC as they stand; the page's script puts the reader's own time in front. */
import { type Html, html } from './html.ts';

/** The furthest dates JavaScript knows; a journal may hold any number. */
const FURTHEST_MS = 8.64e15;

export function moment(at: number): Html {
  if (!(Math.abs(at) <= FURTHEST_MS)) return html`an unknown time`;
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}
