/**
 * A script's log says `[label] failed: message` of every failed call, because scripts and their readers rely on it; a
 * display has told of that failure already, with more. Here the second telling is recognised.
 */
import type { SettledEvent } from './group-view.ts';

const MARK = '] failed: ';

export class FailureEcho {
  /** How many log lines of each beginning are still to come. */
  readonly #expected = new Map<string, number>();

  expect({ label }: Pick<SettledEvent, 'label'>, workflow: string | undefined): void {
    const beginning = `${workflow === undefined ? '' : `[${workflow}] `}[${label}${MARK}`;
    this.#expected.set(beginning, (this.#expected.get(beginning) ?? 0) + 1);
  }

  /** True once for each failure that was expected. */
  repeats(log: string): boolean {
    const at = log.indexOf(MARK);
    if (at < 0) return false;
    const beginning = log.slice(0, at + MARK.length);
    const left = this.#expected.get(beginning);
    if (left === undefined) return false;
    if (left === 1) this.#expected.delete(beginning);
    else this.#expected.set(beginning, left - 1);
    return true;
  }
}
