/** The tree for a person who moves through it: all calls in order, and of them as many as the screen has room for, around the chosen one. */
import type { CallView, GroupView } from './group-view.ts';
import type { RunView } from './run-view.ts';
import { hasTitle, type TreeRow } from './tree-layout.ts';

/** Every call there is, as the tree shows them. */
export function callsInOrder(view: RunView): CallView[] {
  return [...callsByGroup(view).values()].flat();
}

/** The run's own line, then `maxRows` less one of the others. */
export function windowAround(view: RunView, chosen: number, maxRows: number): TreeRow[] {
  const rows: TreeRow[] = [];
  let chosenAt = 0;
  for (const [group, calls] of callsByGroup(view)) {
    if (hasTitle(group)) rows.push({ kind: 'group', group });
    const depth = hasTitle(group) ? 2 : 1;
    for (const call of calls) {
      if (call.id === chosen) chosenAt = rows.length;
      rows.push({ kind: 'call', call, depth });
    }
  }
  const room = Math.max(0, maxRows - 1);
  const last = Math.max(0, rows.length - room);
  const first = Math.min(last, Math.max(0, chosenAt - Math.floor(room / 2)));
  return [{ kind: 'run' }, ...rows.slice(first, first + room)];
}

function callsByGroup(view: RunView): Map<GroupView, CallView[]> {
  const byGroup = new Map<GroupView, CallView[]>();
  for (const group of view.groups()) byGroup.set(group, []);
  for (const call of view.calls.values()) byGroup.get(call.group)?.push(call);
  for (const calls of byGroup.values()) calls.sort((a, b) => a.id - b.id);
  return byGroup;
}
