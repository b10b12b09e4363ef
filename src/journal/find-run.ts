/** Finds runs in the state folder, by id or by the beginning of one. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../core/exit.ts';
import type { RunResult } from '../core/run.ts';
import { type RunDescription, RunFolder } from './run-folder.ts';

/** Ids of all runs, newest first. */
export function runIds(stateDir: string): string[] {
  try {
    return readdirSync(path.join(stateDir, 'runs')).sort().reverse();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UserError(`cannot read the runs in ${stateDir} (${(error as NodeJS.ErrnoException).code})`);
  }
}

export function findRun(stateDir: string, wanted: string): RunFolder {
  const ids = runIds(stateDir);
  const matches = ids.includes(wanted)
    ? [wanted]
    : ids.filter((id) => wanted !== '' && id.startsWith(wanted));
  const [found] = matches;
  if (matches.length === 1 && found !== undefined) return new RunFolder(stateDir, found);
  if (matches.length > 1) {
    throw new UserError(
      `${JSON.stringify(wanted)} is the beginning of ${matches.length} runs (${matches.slice(0, 3).join(', ')} …); write more of the id`,
    );
  }
  throw new UserError(
    `there is no run ${JSON.stringify(wanted)} in ${path.join(stateDir, 'runs')}; \`andwait list\` shows those there are`,
  );
}

/** `undefined`: the folder is being made, or its making was cut off. */
export function readDescription(folder: RunFolder): RunDescription | undefined {
  return readJson(folder.descriptionFile) as RunDescription | undefined;
}

/** `undefined` while the run works, or when it was cut off. */
export function readResult(folder: RunFolder): RunResult | undefined {
  return readJson(folder.resultFile) as RunResult | undefined;
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`cannot read ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is damaged: ${(error as Error).message}`);
  }
}
