/** Which lines of a run's tree the screen has room for. The work is bounded by the rows of the screen, not by the calls of the run. */
import type { CallView, GroupView } from './group-view.ts';
import type { RunView } from './run-view.ts';

export type TreeRow =
  | { readonly kind: 'run' }
  | { readonly kind: 'group'; readonly group: GroupView }
  | { readonly kind: 'call'; readonly call: CallView; readonly depth: 1 | 2 }
  | { readonly kind: 'hidden-groups'; readonly count: number };

/**
 * The run's own line, then its groups, then, as long as there is room: running calls, failed ones, finished ones. Each
 * group's own line has its counts, so what is left out is still counted.
 */
export function layOut(view: RunView, maxRows: number): TreeRow[] {
  if (maxRows < 1) return [];
  const groups = shownGroups(view, maxRows - 1);
  const hidden = view.groupsInOrder.length - groups.length;
  const titles = groups.filter(hasTitle).length + (hidden > 0 ? 1 : 0);
  const calls = shownCalls(groups, Math.max(0, maxRows - 1 - titles));
  const rows: TreeRow[] = [{ kind: 'run' }];
  groups.forEach((group, at) => {
    if (hasTitle(group)) rows.push({ kind: 'group', group });
    const depth = hasTitle(group) ? 2 : 1;
    for (const call of calls[at] ?? []) rows.push({ kind: 'call', call, depth });
  });
  if (hidden > 0) rows.push({ kind: 'hidden-groups', count: hidden });
  return rows.slice(0, maxRows);
}

/** The run's own calls outside any phase stand directly under the run. */
export function hasTitle({ workflow, title }: GroupView): boolean {
  return workflow !== undefined || title !== undefined;
}

/** All, if they fit; else those with something to do, and the latest of the others. */
function shownGroups(view: RunView, room: number): GroupView[] {
  const all = view.groupsInOrder;
  if (all.length <= room) return [...view.groups()];
  const shown = new Set<GroupView>();
  for (const group of view.active) {
    if (shown.size >= room - 1) break;
    shown.add(group);
  }
  for (let at = all.length - 1; at >= 0 && shown.size < room - 1; at--) {
    const group = all[at];
    if (group !== undefined) shown.add(group);
  }
  return [...shown].sort((a, b) => a.order - b.order);
}

/** For each group its calls to show, in the order they were made. */
function shownCalls(groups: readonly GroupView[], room: number): CallView[][] {
  const running = shares(
    groups.map((group) => group.running.size),
    room,
  );
  let left = room - sum(running);
  const failed = shares(
    groups.map((group) => group.failed.length),
    left,
  );
  left -= sum(failed);
  const finished = groups.map(() => 0);
  // A list of finished calls is whole or just a count; the latest groups matter most.
  for (let at = groups.length - 1; at >= 0; at--) {
    const count = groups[at]?.finished.length ?? 0;
    if (count > left) continue;
    finished[at] = count;
    left -= count;
  }
  return groups.map((group, at) =>
    [
      ...firstOf(group.running.values(), running[at] ?? 0),
      ...lastOf(group.failed, failed[at] ?? 0),
      ...lastOf(group.finished, finished[at] ?? 0),
    ].sort((a, b) => a.id - b.id),
  );
}

/** Splits `room` evenly; what one does not want goes to the others. */
function shares(wanted: readonly number[], room: number): number[] {
  const given = wanted.map(() => 0);
  let left = room;
  let before: number;
  do {
    before = left;
    wanted.forEach((want, at) => {
      const has = given[at] ?? 0;
      if (left === 0 || has >= want) return;
      given[at] = has + 1;
      left--;
    });
  } while (left > 0 && left < before);
  return given;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function firstOf(calls: Iterable<CallView>, count: number): CallView[] {
  const first: CallView[] = [];
  if (count === 0) return first;
  for (const call of calls) {
    first.push(call);
    if (first.length === count) break;
  }
  return first;
}

function lastOf(calls: readonly CallView[], count: number): readonly CallView[] {
  return count === 0 ? [] : calls.slice(-count);
}
