/** The folder a run's agents work in: one that is gone would fail every one of them. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../core/exit.ts';

export function workingFolder(wanted: string | undefined, cwd: string): string {
  if (wanted === undefined) return cwd;
  const folder = path.resolve(cwd, wanted);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new UserError(`the agents' folder ${JSON.stringify(folder)} does not exist; name another with --cwd`);
}
