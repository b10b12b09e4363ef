/** What a key does: from what is shown and what was pressed to what is shown next and what is to be done. */
import type { Key } from './keys.ts';

export interface WatchState {
  readonly shows: 'tree' | 'log';
  /** The call that skip, retry and log are about. */
  readonly chosen: number | undefined;
  /** Waits for a yes. */
  readonly asks: 'stop' | undefined;
  /** Told in place of the keys until the next one is pressed. */
  readonly notice: string | undefined;
}

export const FIRST_STATE: WatchState = {
  shows: 'tree',
  chosen: undefined,
  asks: undefined,
  notice: undefined,
};

export type WatchOrder =
  | { readonly kind: 'pause' | 'continue' | 'stop' | 'quit' | 'interrupt' }
  | { readonly kind: 'skip' | 'retry'; readonly call: number };

export interface Surroundings {
  /** Numbers of the calls, in the order they are shown. */
  readonly calls: readonly number[];
  /** Rows of the screen that are moved by at once. */
  readonly page: number;
  readonly isHeld: boolean;
}

export interface KeyEffect {
  readonly state: WatchState;
  readonly order?: WatchOrder;
}

export function afterKey(before: WatchState, key: Key, around: Surroundings): KeyEffect {
  const state = { ...before, notice: undefined };
  if (key === 'interrupt') return { state, order: { kind: 'interrupt' } };
  if (state.asks === 'stop') {
    const isYes = typeof key === 'object' && key.letter.toLowerCase() === 'y';
    const answered = { ...state, asks: undefined };
    return isYes ? { state: answered, order: { kind: 'stop' } } : { state: answered };
  }
  if (typeof key === 'object') return afterLetter(state, key.letter, around);
  switch (key) {
    case 'enter':
      return openLog(state, around);
    case 'escape':
      return { state: state.shows === 'log' ? { ...state, shows: 'tree' } : { ...state, chosen: undefined } };
    case 'up':
      return { state: moved(state, around, -1) };
    case 'down':
      return { state: moved(state, around, 1) };
    case 'page-up':
      return { state: moved(state, around, -around.page) };
    case 'page-down':
      return { state: moved(state, around, around.page) };
    case 'home':
      return { state: moved(state, around, Number.NEGATIVE_INFINITY) };
    case 'end':
      return { state: moved(state, around, Number.POSITIVE_INFINITY) };
  }
}

function afterLetter(state: WatchState, letter: string, around: Surroundings): KeyEffect {
  switch (letter) {
    case 'q':
      return state.shows === 'log'
        ? { state: { ...state, shows: 'tree' } }
        : { state, order: { kind: 'quit' } };
    case 'p':
      return { state, order: { kind: around.isHeld ? 'continue' : 'pause' } };
    case 's':
      return { state: { ...state, asks: 'stop' } };
    case 'k':
      return aboutChosen(state, 'skip');
    case 'r':
      return aboutChosen(state, 'retry');
    case 'l':
      return openLog(state, around);
    default:
      return { state };
  }
}

const CHOOSE_FIRST = 'choose a call first, with the arrow keys';

function aboutChosen(state: WatchState, kind: 'skip' | 'retry'): KeyEffect {
  if (state.chosen === undefined) return { state: { ...state, notice: CHOOSE_FIRST } };
  return { state, order: { kind, call: state.chosen } };
}

function openLog(state: WatchState, around: Surroundings): KeyEffect {
  if (state.shows === 'log') return { state: { ...state, shows: 'tree' } };
  const chosen = state.chosen ?? around.calls[0];
  if (chosen === undefined) return { state: { ...state, notice: 'no call yet' } };
  return { state: { ...state, chosen, shows: 'log' } };
}

/** The first move chooses the first call, or the last. */
function moved(state: WatchState, { calls }: Surroundings, by: number): WatchState {
  const last = calls.length - 1;
  const at = state.chosen === undefined ? -1 : calls.indexOf(state.chosen);
  const from = at === -1 && by < 0 ? last + 1 : at;
  const chosen = calls[Math.min(last, Math.max(0, from + by))];
  return { ...state, chosen };
}
