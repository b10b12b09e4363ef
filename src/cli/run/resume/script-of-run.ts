/** The script of a run's last attempt: the copy in its folder, with what a person has edited in it since. */
import { readFile } from 'node:fs/promises';
import { UserError } from '../../../core/exit.ts';
import type { RunFolder } from '../../../journal/run-folder.ts';
import { parseSource, type ScriptSource } from '../../../script/parse-script.ts';

/** `advice`: what to do where it cannot be read, for the end of the message. Throws `UserError`, or that the script is refused. */
export async function scriptOfRun({ scriptFile }: RunFolder, advice = ''): Promise<ScriptSource> {
  const bytes = await readFile(scriptFile).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`the run's script ${scriptFile} cannot be read (${error.code})${advice}`);
  });
  return parseSource(bytes, scriptFile);
}
