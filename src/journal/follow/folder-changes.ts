/** Says when it is time to look into a folder again: at once where the system tells of changes, after a while where it does not, as on network file systems. */
import { type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../../core/ports.ts';

/** Changes that come together are looked at together: a thousand agents write all the time. */
const GATHER_MS = 100;
const LOOK_MS = 1000;

/** Contract: `look` is never called inside `watchFolders`, nor after the disposal. Folders that are not there are passed over. */
export function watchFolders(folders: readonly string[], clock: Clock, look: () => void): Disposable {
  let cancel = (): void => {};
  let dueAt = Number.POSITIVE_INFINITY;
  const lookWithin = (ms: number): void => {
    const at = clock.monotonicMs() + ms;
    if (at >= dueAt) return;
    cancel();
    dueAt = at;
    cancel = clock.after(ms, () => {
      dueAt = Number.POSITIVE_INFINITY;
      lookWithin(LOOK_MS);
      look();
    });
  };
  lookWithin(LOOK_MS);
  const watchers = folders.flatMap((folder) => watcherOf(folder, () => lookWithin(GATHER_MS)));
  return {
    [Symbol.dispose]: () => {
      cancel();
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** Without one (no inotify watch left, no such folder) the regular look finds what there is. */
function watcherOf(folder: string, changed: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
