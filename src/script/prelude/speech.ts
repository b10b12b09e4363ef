/** `phase`, `log` and `console`: what a script says to people. None of them ever throws. */
import { postText } from './outbox.ts';
import { cut, shown, shownInFull } from './shown.ts';

/** A log line longer than this is cut, and says so. */
const MAX_LINE_CHARS = 100_000;

export function phase(title?: unknown): void {
  postText('phase', cut(shown(title), MAX_LINE_CHARS));
}

/** Only the first value, as the real engine does. */
export function log(value?: unknown): void {
  postText('log', cut(shown(value), MAX_LINE_CHARS));
}

export const console = Object.freeze({
  debug: printer(''),
  error: printer('[error] '),
  info: printer(''),
  log: printer(''),
  warn: printer('[warn] '),
});

function printer(prefix: string): (...values: unknown[]) => void {
  return (...values) => postText('log', cut(prefix + values.map(shownInFull).join(' '), MAX_LINE_CHARS));
}
