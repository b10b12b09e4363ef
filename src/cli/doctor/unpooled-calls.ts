/** Calls that the shim let through without a slot, because no pool could be reached: each left a note. */
import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../../core/exit.ts';
import { isJsonObject } from '../../core/json.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { unpooledNotesFile } from '../../journal/unpooled-notes.ts';
import { agoText } from '../../report/ago.ts';
import { countText } from '../../report/figures.ts';
import type { Check, Finding } from './finding.ts';

const about = 'unpooled';

export const checkUnpooledCalls: Check = async (program) => {
  let file: string;
  try {
    file = unpooledNotesFile(stateDir(program));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [];
  }
  if (!existsSync(file)) return [{ about, level: 'ok', message: 'no call had to go without the pool' }];
  return judgedNotes(file, readFileSync(file, 'utf8'), program.clock.now());
};

/** Lines of which some may be torn: they were written by programs that had no time to lose. */
export function judgedNotes(file: string, text: string, now: number): Finding[] {
  const lines = text.split('\n').filter(Boolean);
  const last = lastNote(lines);
  const at = typeof last?.['at'] === 'number' ? `, the last ${agoText(last['at'], now)}` : '';
  const why = typeof last?.['reason'] === 'string' ? `: ${last['reason']}` : '';
  if (lines.length === 0) return [{ about, level: 'ok', message: 'no call had to go without the pool' }];
  const message = `${countText(lines.length, 'call')} went without the pool${at}${why}`;
  return [{ about, level: 'problem', message, remedy: `once the pool answers again: rm ${file}` }];
}

function lastNote(lines: readonly string[]) {
  for (const line of [...lines].reverse()) {
    try {
      const note: unknown = JSON.parse(line);
      if (isJsonObject(note)) return note;
    } catch {
      // Torn: the one before it tells as much.
    }
  }
  return undefined;
}
