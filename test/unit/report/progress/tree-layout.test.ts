import { describe, expect, test } from 'vitest';
import type { CallView } from '../../../../src/report/progress/group-view.ts';
import { RunView } from '../../../../src/report/progress/run-view.ts';
import { paintFor } from '../../../../src/report/progress/style.ts';
import { layOut } from '../../../../src/report/progress/tree-layout.ts';
import { treeLine } from '../../../../src/report/progress/tree-lines.ts';
import { activity, failed, queued, runStarted, settled, started } from '../run-events.ts';

/** How often anything was asked of any call of the run, and how many calls were stepped over. */
function countReads(view: RunView): () => number {
  let reads = 0;
  const count = () => reads++;
  for (const call of view.calls.values()) {
    for (const key of ['id', 'label', 'state', 'settled', 'startedAt'] as const) {
      let value: unknown = call[key];
      Object.defineProperty(call, key, {
        get: () => {
          count();
          return value;
        },
        set: (next) => {
          value = next;
        },
      });
    }
  }
  for (const group of view.groups()) {
    Object.defineProperty(group, 'running', { value: new CountedCalls(group.running, count) });
  }
  return () => reads;
}

class CountedCalls extends Map<number, CallView> {
  readonly #step: () => void;

  constructor(calls: ReadonlyMap<number, CallView>, step: () => void) {
    super(calls);
    this.#step = step;
  }

  override *values(): MapIterator<CallView> {
    for (const call of super.values()) {
      this.#step();
      yield call;
    }
  }
}

function bigRun(calls: number, phases: number): RunView {
  const view = new RunView();
  view.apply(runStarted({ phases: Array.from({ length: phases }, (_, at) => `P${at}`) }));
  for (let id = 1; id <= calls; id++) {
    view.apply(queued(id, { phase: `P${id % phases}` }));
    view.apply(started(id));
    if (id % 4 === 0) view.apply(settled(id));
    if (id % 4 === 1) view.apply(failed(id, `failure ${id}`));
  }
  return view;
}

function drawn(view: RunView, rows: number): string[] {
  const around = { view, now: 0, columns: 79, paint: paintFor(false) };
  return layOut(view, rows).map((row) => treeLine(row, around));
}

describe('what a frame costs', () => {
  test.each([
    [1_000, 3],
    [20_000, 3],
    [20_000, 1_000],
  ])('%i calls in %i phases: no more is read than is shown', (calls, phases) => {
    const view = bigRun(calls, phases);
    const reads = countReads(view);
    const lines = drawn(view, 40);
    expect(lines).toHaveLength(40);
    // Sorting asks for the numbers of the forty calls a few times.
    expect(reads()).toBeLessThan(40 * 20);
  });

  test('a frame of a thousand calls costs as much as one of twenty thousand', () => {
    const readsOf = (calls: number) => {
      const view = bigRun(calls, 3);
      const reads = countReads(view);
      drawn(view, 40);
      return reads();
    };
    expect(readsOf(20_000)).toBe(readsOf(1_000));
  });
});

describe('what an event costs', () => {
  test('no other call is looked at', () => {
    const view = bigRun(5_000, 3);
    const reads = countReads(view);
    view.apply(activity(2, { kind: 'text' }));
    view.apply(queued(6_000));
    view.apply(started(6_000));
    view.apply(settled(6_000));
    view.apply(settled(2));
    expect(reads()).toBeLessThan(20);
  });
});

test.each([0, 1, 2, 3, 5, 10, 23, 100])('never more than %i rows', (rows) => {
  for (const [calls, phases] of [
    [0, 1],
    [50, 3],
    [50, 40],
  ] as const) {
    expect(layOut(bigRun(calls, phases), rows).length).toBeLessThanOrEqual(rows);
  }
});

test('each call and each group at most once', () => {
  const rows = layOut(bigRun(60, 5), 50);
  const keys = rows.map((row) =>
    row.kind === 'call' ? row.call : row.kind === 'group' ? row.group : row.kind,
  );
  expect(new Set(keys).size).toBe(rows.length);
});

test('all the room is used before anything is left out', () => {
  const view = bigRun(400, 2);
  expect(layOut(view, 30)).toHaveLength(30);
});

test('groups that do not fit are counted, also when all of them are at work', () => {
  const rows = layOut(bigRun(400, 100), 20);
  expect(rows.filter((row) => row.kind === 'group')).toHaveLength(18);
  // A hundred phases, and the run's own calls outside any.
  expect(rows.at(-1)).toEqual({ kind: 'hidden-groups', count: 101 - 18 });
});
