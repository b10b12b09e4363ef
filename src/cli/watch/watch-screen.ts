/** What `andwait watch` shows on a terminal: the run's tree, or one agent's words, and below it the keys. */
import type { RunFolder } from '../../journal/run-folder.ts';
import { type LiveTreeOptions, treeFrame } from '../../report/progress/live-tree.ts';
import type { RunView } from '../../report/progress/run-view.ts';
import { type TreeSurroundings, treeLine } from '../../report/progress/tree-lines.ts';
import { callsInOrder, windowAround } from '../../report/progress/tree-window.ts';
import { labelled } from '../../report/text/labelled-lines.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import { fitted } from '../../report/text/text-width.ts';
import { CallLog } from '../reading/call-log.ts';
import type { Key } from './keys.ts';
import { afterKey, FIRST_STATE, type WatchOrder, type WatchState } from './watch-state.ts';

/** As many lines of a log as any screen has rows. */
const LOG_LINES_KEPT = 500;

export class WatchScreen {
  readonly #folder: RunFolder;
  #state: WatchState = FIRST_STATE;
  #log: { readonly call: number; readonly source: CallLog; lines: string[] } | undefined;
  #page = 10;
  readonly #hasKeys: boolean;
  #isForGood = false;

  constructor(folder: RunFolder, { hasKeys }: { readonly hasKeys: boolean }) {
    this.#folder = folder;
    this.#hasKeys = hasKeys;
  }

  /** What `draw` draws stays on the screen for good: the tree alone. */
  forGood(draw: () => void): void {
    this.#isForGood = true;
    draw();
    this.#isForGood = false;
  }

  tell(notice: string): void {
    this.#state = { ...this.#state, notice };
  }

  pressed(key: Key, view: RunView, isHeld: boolean): WatchOrder | undefined {
    const calls = callsInOrder(view).map(({ id }) => id);
    const { state, order } = afterKey(this.#state, key, { calls, page: this.#page, isHeld });
    this.#state = state;
    return order;
  }

  readonly frame: NonNullable<LiveTreeOptions['frame']> = (around, rows) => {
    if (this.#isForGood) return treeFrame(around, rows);
    const foot = this.#foot(around);
    const room = Math.max(1, rows - foot.length);
    this.#page = Math.max(1, room - 2);
    return [...this.#body(around, room), ...foot].slice(0, rows);
  };

  #body(around: TreeSurroundings, rows: number): string[] {
    const { shows, chosen } = this.#state;
    if (chosen === undefined || !around.view.calls.has(chosen)) return treeFrame(around, rows);
    if (shows === 'log') return this.#logLines(chosen, around, rows);
    return windowAround(around.view, chosen, rows).map((row) => treeLine(row, { ...around, chosen }));
  }

  #logLines(chosen: number, around: TreeSurroundings, rows: number): string[] {
    const call = around.view.calls.get(chosen);
    if (call === undefined) return [];
    if (this.#log?.call !== chosen) {
      this.#log = { call: chosen, source: new CallLog(this.#folder, chosen), lines: [] };
    }
    const log = this.#log;
    log.lines = [...log.lines, ...log.source.read()].slice(-LOG_LINES_KEPT);
    const head = treeLine({ kind: 'call', call, depth: 1 }, around);
    const empty = log.lines.length === 0 ? labelled('', ['nothing was recorded of it so far']) : [];
    const shown = [...empty, ...log.lines].slice(-Math.max(1, rows - 1));
    return [head, ...shown.map((line) => fittedKeepingIndent(line, around.columns))].slice(0, rows);
  }

  #foot({ columns, paint }: TreeSurroundings): string[] {
    const { asks, notice, shows } = this.#state;
    if (asks === 'stop')
      return [paint('warn', fitted('stop the run and its agents? y, or any other key', columns))];
    if (notice !== undefined) return [paint('warn', fitted(safeLine(notice), columns))];
    if (!this.#hasKeys) return [];
    return [paint('quiet', fitted(shows === 'log' ? LOG_KEYS : TREE_KEYS, columns))];
  }
}

const TREE_KEYS = 'q quit · p pause or go on · s stop · ↑↓ choose · l log · k skip · r retry';
const LOG_KEYS = 'l or Esc back to the tree · k skip · r retry';

/** `fitted` takes white space together, and the words of a log stand in columns. */
function fittedKeepingIndent(line: string, columns: number): string {
  const [label = ''] = /^\w{0,8} {1,20}/.exec(line) ?? [];
  return label + fitted(line.slice(label.length), columns - label.length);
}
