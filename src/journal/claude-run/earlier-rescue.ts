/** Finds the run of ours that a run of Claude Code was taken over into before. */
import { runIds } from '../find-run.ts';
import { RunFolder } from '../run-folder.ts';
import type { ClaudePlace } from './claude-run.ts';
import { readOwnFile, UnreadableFile } from './own-files.ts';
import { objectAt, objectOf, textAt } from './told.ts';

const MAX_DESCRIPTION_BYTES = 64 * 1024 * 1024;

export interface EarlierRescue {
  readonly runId: string;
  readonly dir: string;
}

/** Rehearsals do not count: they ran nothing. */
export async function findEarlierRescue(
  stateDir: string,
  { runId, sessionId }: ClaudePlace,
): Promise<EarlierRescue | undefined> {
  for (const id of runIds(stateDir)) {
    const folder = new RunFolder(stateDir, id);
    const description = objectOf(await readOrPass(folder.descriptionFile));
    const from = objectAt(description, 'rescuedFrom');
    const isSame = textAt(from, 'runId') === runId && textAt(from, 'sessionId') === sessionId;
    const rehearsed = objectAt(description, 'options')?.['rehearse'] === true;
    if (isSame && !rehearsed) return { runId: id, dir: folder.dir };
  }
  return undefined;
}

/** A run that cannot be read is no reason to refuse another one; who asks for it by name is told. */
async function readOrPass(file: string): Promise<Buffer | undefined> {
  return await readOwnFile(file, MAX_DESCRIPTION_BYTES).catch((error: unknown) => {
    if (error instanceof UnreadableFile) return undefined;
    throw error;
  });
}
