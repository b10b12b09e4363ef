/** Calls that the shim let through without a slot, because no pool could be reached: each left a note. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { unpooledNotesFile } from '../../journal/unpooled-notes.ts';
import { agoText } from '../../report/text/ago.ts';
import { countText } from '../../report/text/figures.ts';
import type { Check, Finding } from './finding.ts';
import { mayBeWritten } from './state-folder.ts';

const about = 'unpooled';

export const checkUnpooledCalls: Check = async (program) => {
  let file: string;
  try {
    file = unpooledNotesFile(stateDir(program));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [];
  }
  const dir = path.dirname(file);
  try {
    const notes = readFileSync(file, 'utf8');
    return judgedNotes(file, notes, program.clock.now());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') return [unknown(`${file} cannot be read (${code})`)];
    return mayBeWritten(dir) ? [NONE] : [unknown(`${dir} is not writable, so no call could leave a note`)];
  }
};

const NONE: Finding = { about, level: 'ok', message: 'no call had to go without the pool' };

function unknown(why: string): Finding {
  const message = `whether calls went without the pool cannot be known: ${why}`;
  return { about, level: 'note', message, remedy: 'mend the state folder first' };
}

/** Lines of which some may be torn: they were written by programs that had no time to lose. */
export function judgedNotes(file: string, text: string, now: number): Finding[] {
  const lines = text.split('\n').filter(Boolean);
  const ignoring = lines.filter((line) => typeof noteOf(line)?.['ignored'] === 'string');
  return [
    judgedUnpooled(
      lines.filter((line) => !ignoring.includes(line)),
      file,
      now,
    ),
    ...(ignoring.length > 0 ? [judgedIgnoring(ignoring, file, now)] : []),
  ];
}

function judgedUnpooled(lines: readonly string[], file: string, now: number): Finding {
  if (lines.length === 0) return NONE;
  const { at, why } = told(lines, 'reason', now);
  const message = `${countText(lines.length, 'call')} went without the pool${at}${why}`;
  return { about, level: 'problem', message, remedy: `once the pool answers again: rm ${file}` };
}

function judgedIgnoring(lines: readonly string[], file: string, now: number): Finding {
  const { at, why } = told(lines, 'ignored', now);
  const message = `${countText(lines.length, 'call')} ignored a setting${at}${why}`;
  return { about, level: 'note', message, remedy: `mend or unset it; then: rm ${file}` };
}

/** Of the last one that is whole. */
function told(lines: readonly string[], field: 'reason' | 'ignored', now: number) {
  const last = [...lines]
    .reverse()
    .map(noteOf)
    .find((note) => note !== undefined);
  return {
    at: typeof last?.['at'] === 'number' ? `, the last ${agoText(last['at'], now)}` : '',
    why: typeof last?.[field] === 'string' ? `: ${last[field]}` : '',
  };
}

/** `undefined`: torn; the one before it tells as much. */
function noteOf(line: string): JsonObject | undefined {
  try {
    const note: unknown = JSON.parse(line);
    return isJsonObject(note) ? note : undefined;
  } catch {
    return undefined;
  }
}
