/** Keeps a script under its name, in the project or for the person, and nothing else than that. */
import path from 'node:path';
import type { ScriptSource } from '../../script/parse-script.ts';
import { putFile } from '../../wire/files/put-file.ts';
import { SavedWorkflows } from './find-workflow.ts';
import { type SavePlace, saveFolder, type WorkflowPlaces } from './workflow-places.ts';

export interface SaveOrder {
  readonly place: SavePlace;
  /** Write over what is saved there under that name, or lies in that file. */
  readonly replace: boolean;
}

export type Saving =
  | {
      readonly kind: 'saved';
      readonly file: string;
      /** `unchanged`: the file held this very text. */
      readonly change: 'new' | 'replaced' | 'unchanged';
    }
  | {
      readonly kind: 'refused';
      /** `exists`: `replace` would do. `unsafe`: a link out of the place, or no regular file. `no-place`: no home folder. */
      readonly reason: 'exists' | 'unsafe' | 'unwritable' | 'no-file-name' | 'no-place';
      /** A sentence without its full stop: what is in the way and, but for `exists`, what to do. */
      readonly message: string;
    };

/** `source` has been validated; its `meta.name` is the name. Rejects with bugs only. */
export async function saveWorkflow(
  { script, text }: ScriptSource,
  { place, replace }: SaveOrder,
  places: WorkflowPlaces,
): Promise<Saving> {
  const { name } = script.meta;
  const fileName = safeFileName(name);
  if (fileName === undefined) {
    const message = `meta.name ${JSON.stringify(name)} has no letter or digit to name a file by; change it`;
    return { kind: 'refused', reason: 'no-file-name', message };
  }
  const folder = await saveFolder(place, places);
  if (folder === undefined) {
    const message = 'there is no personal place: neither HOME nor CLAUDE_CONFIG_DIR says where';
    return { kind: 'refused', reason: 'no-place', message };
  }
  const namesake = await namesakeIn(path.join(folder.root, ...folder.folders), name, places);
  const put = await putFile({ ...folder, name: namesake ?? fileName, text, replace });
  if (put.kind === 'put') return { kind: 'saved', file: put.file, change: put.change };
  const { reason, message } = put;
  const isNamesake = reason === 'exists' && namesake !== undefined;
  return {
    ...{ kind: 'refused', reason },
    message: isNamesake ? `${JSON.stringify(name)} is saved there already, in ${put.file}` : message,
  };
}

/** The file name of what is saved in that folder under that name: a second file of the name would never run. */
async function namesakeIn(dir: string, name: string, places: WorkflowPlaces): Promise<string | undefined> {
  const workflows = await new SavedWorkflows(places).glance();
  const namesake = workflows.find(({ meta, file }) => meta.name === name && path.dirname(file) === dir);
  return namesake === undefined ? undefined : path.basename(namesake.file);
}

/** Characters of 4 bytes at most: with its ending below the 255 bytes of a file name. */
const MAX_CHARACTERS = 60;

/** Letters, digits, dots and dashes, whatever the script is called; `undefined` where there is none of the first two. */
export function safeFileName(name: string): string | undefined {
  const words = name
    .normalize('NFC')
    .replace(/\.js$/, '')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-');
  // A dot in front would hide the file, a dash would make it a flag.
  const bare = (text: string): string => text.replace(/^[\p{M}._-]+|[._-]+$/gu, '');
  const short = bare([...bare(words)].slice(0, MAX_CHARACTERS).join(''));
  return /[\p{L}\p{N}]/u.test(short) ? `${short}.js` : undefined;
}
