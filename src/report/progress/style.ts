/** Colour as a decision made once: drawing code names what a text means, and whether that shows is not its business. */
import { styleText } from 'node:util';

const FORMATS = {
  title: 'bold',
  quiet: 'dim',
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  busy: 'cyan',
} as const;

export type Style = keyof typeof FORMATS;
export type Paint = (style: Style, text: string) => string;

/** `colour` is the caller's reading of NO_COLOR, FORCE_COLOR and the terminal. */
export function paintFor(colour: boolean): Paint {
  if (!colour) return (_style, text) => text;
  // Left alone, newer Nodes would ask stdout, which says nothing about where this text goes.
  return (style, text) => styleText(FORMATS[style], text, { validateStream: false });
}
