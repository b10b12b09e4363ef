/** Whether the process that runs a session of Claude Code lives: it keeps a note of itself, and takes it away when it ends well. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClaudePlace } from './claude-run.ts';
import { namesIn, readOwnFile } from './own-files.ts';
import { countAt, objectOf, textAt } from './told.ts';

export type SignalProcess = (pid: number, signal: 0) => void;

const MAX_NOTE_BYTES = 64 * 1024;

/** Pid of the living process; `undefined` when there is none, or none that a note tells of. Throws `UnreadableFile`. */
export async function sessionProcess(place: ClaudePlace, signal: SignalProcess): Promise<number | undefined> {
  // <config>/projects/<project>/<session>
  const notes = path.resolve(place.sessionDir, '..', '..', '..', 'sessions');
  for (const name of await namesIn(notes, 'files')) {
    if (!name.endsWith('.json')) continue;
    const note = objectOf(await readOwnFile(path.join(notes, name), MAX_NOTE_BYTES));
    const pid = countAt(note, 'pid');
    if (pid === undefined || textAt(note, 'sessionId') !== place.sessionId) continue;
    if (isAlive(pid, signal) && (await isSameProcess(pid, textAt(note, 'procStart')))) return pid;
  }
  return undefined;
}

function isAlive(pid: number, signal: SignalProcess): boolean {
  // 0 and 1 would ask about ourselves and init.
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    signal(pid, 0);
    return true;
  } catch (error) {
    // It is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A pid is given out again; with the time its process started (Linux: field 22 of stat, in ticks since boot) it is one process's alone. */
async function isSameProcess(pid: number, started: string | undefined): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  if (line === undefined || started === undefined) return true;
  // The second field is the program's name in parentheses, and may hold spaces and parentheses itself.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields[19] === started;
}
