/** Where a written script lies in the end, and the command that runs it from there. */
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import type { RunFolder } from '../../journal/run-folder.ts';
import { workflowPlaces } from '../../launch/saved-workflows.ts';
import { putFile } from '../../wire/files/put-file.ts';
import type { CheckedDraft } from '../../workflow/authoring/check-draft.ts';
import { saveWorkflow } from '../../workflow/saved/save-workflow.ts';
import { shWord } from '../shell-words.ts';
import type { NewCommandLine } from './new-options.ts';

export interface StoredDraft {
  readonly how: 'kept' | 'saved' | 'written';
  readonly file: string;
  /** What to type, whole. */
  readonly command: string;
}

/** Throws `UserError` where it cannot be saved; the copy in the run's folder is there all the same, and the message says so. */
export async function storeDraft(
  draft: CheckedDraft,
  folder: RunFolder,
  { save, out, cwd }: Pick<NewCommandLine, 'save' | 'out' | 'cwd'>,
  program: Program,
): Promise<StoredDraft> {
  const args = argsWords(draft, folder);
  const at = cwd === undefined ? '' : ` --cwd ${shWord(cwd)}`;
  const kept = folder.scriptFile;
  if (save !== undefined) {
    const source = { script: draft.script, text: draft.text };
    const saving = await saveWorkflow(
      source,
      save,
      workflowPlaces(path.resolve(program.cwd, cwd ?? '.'), program),
    );
    if (saving.kind === 'refused') {
      const advice = saving.reason === 'exists' ? ' (--replace writes over it)' : '';
      throw new UserError(`${saving.message}${advice}; nothing was saved, and the script is kept in ${kept}`);
    }
    const name = shWord(`/${draft.script.meta.name}`);
    return { how: 'saved', file: saving.file, command: `andwait run ${name}${args}${at}` };
  }
  if (out !== undefined) {
    const file = path.resolve(program.cwd, out);
    const put = await putFile({
      ...{ root: path.dirname(file), folders: [], name: path.basename(file) },
      ...{ text: draft.text, replace: false },
    });
    if (put.kind === 'refused') {
      throw new UserError(`--out ${JSON.stringify(out)}: ${put.message}; the script is kept in ${kept}`);
    }
    return { how: 'written', file, command: `andwait run ${shWord(file)}${args}${at}` };
  }
  return { how: 'kept', file: kept, command: `andwait run ${shWord(kept)}${args}${at}` };
}

const MAX_TYPED = 300;

function argsWords({ args }: CheckedDraft, { argsFile }: RunFolder): string {
  if (args === undefined) return '';
  const word = shWord(JSON.stringify(args));
  return word.length <= MAX_TYPED ? ` --args ${word}` : ` --args - < ${shWord(argsFile)}`;
}
