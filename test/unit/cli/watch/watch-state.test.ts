import { describe, expect, test } from 'vitest';
import { keysOf } from '../../../../src/cli/watch/keys.ts';
import {
  afterKey,
  FIRST_STATE,
  type Surroundings,
  type WatchOrder,
} from '../../../../src/cli/watch/watch-state.ts';

const AROUND: Surroundings = { calls: [4, 2, 9], page: 2, isHeld: false };

function pressed(bytes: string, around: Surroundings = AROUND) {
  const orders: WatchOrder[] = [];
  let state = FIRST_STATE;
  for (const key of keysOf(Buffer.from(bytes))) {
    const effect = afterKey(state, key, around);
    state = effect.state;
    if (effect.order !== undefined) orders.push(effect.order);
  }
  return { ...state, orders };
}

const UP = '\x1b[A';
const DOWN = '\x1b[B';
const ESC = '\x1b';

describe('choosing', () => {
  test.each<[string, string, number | undefined]>([
    ['nothing at first', '', undefined],
    ['down chooses the first', DOWN, 4],
    ['up chooses the last', UP, 9],
    ['and goes on from there', DOWN + DOWN, 2],
    ['no further than the last', DOWN.repeat(7), 9],
    ['nor than the first', DOWN + UP + UP, 4],
    ['by pages', `${DOWN}\x1b[6~`, 9],
    ['to the ends', `\x1b[F${DOWN}`, 9],
    ['escape gives up the choice', `${DOWN}${ESC}`, undefined],
  ])('%s', (_name, bytes, chosen) => expect(pressed(bytes).chosen).toBe(chosen));

  test('a chosen call that is gone is where the list begins', () => {
    const { state } = afterKey({ ...FIRST_STATE, chosen: 77 }, 'down', AROUND);
    expect(state.chosen).toBe(4);
  });

  test('nothing to choose', () => {
    expect(pressed(DOWN, { ...AROUND, calls: [] }).chosen).toBeUndefined();
  });
});

describe('orders', () => {
  test.each<[string, string, WatchOrder[]]>([
    ['quit', 'q', [{ kind: 'quit' }]],
    ['Ctrl-C', '\x03', [{ kind: 'interrupt' }]],
    ['pause', 'p', [{ kind: 'pause' }]],
    ['stop asks', 's', []],
    ['and is done on a yes', 'sy', [{ kind: 'stop' }]],
    ['not on anything else, which then does nothing of its own', 'sq', []],
    ['a yes without a question', 'y', []],
    [
      'skip and retry are for the chosen call',
      `${DOWN}kr`,
      [
        { kind: 'skip', call: 4 },
        { kind: 'retry', call: 4 },
      ],
    ],
    ['and nothing without one', 'kr', []],
  ])('%s', (_name, bytes, orders) => expect(pressed(bytes).orders).toEqual(orders));

  test('a held run goes on', () => {
    expect(pressed('p', { ...AROUND, isHeld: true }).orders).toEqual([{ kind: 'continue' }]);
  });

  test('who skips without a choice is told how to make one, until the next key', () => {
    expect(pressed('k').notice).toMatch(/choose a call first/);
    expect(pressed(`k${DOWN}`).notice).toBeUndefined();
  });
});

describe('the log', () => {
  test.each<[string, string, string]>([
    ['l opens it', 'l', 'log'],
    ['enter, too', `${DOWN}\r`, 'log'],
    ['l closes it', 'll', 'tree'],
    ['escape closes it', `l${ESC}`, 'tree'],
    ['q closes it, and does not quit', 'lq', 'tree'],
  ])('%s', (_name, bytes, shows) => {
    const after = pressed(bytes);
    expect(after.shows).toBe(shows);
    expect(after.orders).toEqual([]);
  });

  test('of the first call where none was chosen; of none where there is none', () => {
    expect(pressed('l').chosen).toBe(4);
    expect(pressed('l', { ...AROUND, calls: [] })).toMatchObject({ shows: 'tree', notice: 'no call yet' });
  });
});
