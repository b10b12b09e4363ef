/** Keeps a script under its name, in the project or for the person, and nothing else than that. */
import path from 'node:path';
import type { ScriptSource } from '../../script/parse-script.ts';
import { putFile } from '../../wire/files/put-file.ts';
import { SavedWorkflows } from './find-workflow.ts';
import { type SavePlace, saveFolder, type WorkflowPlaces } from './workflow-places.ts';

export interface SaveOrder {
  readonly place: SavePlace;
  /** Write over what is saved there under that name, or lies in that file and is no workflow of another name. */
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
      /** `exists`: `replace` would do. `unsafe`: a link out of the place, or no regular file. `taken`: by a workflow of another name. `no-place`: no home folder. */
      readonly reason: 'exists' | 'unsafe' | 'unwritable' | 'taken' | 'no-file-name' | 'no-place';
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
  const there = await savedIn(path.join(folder.root, ...folder.folders), places);
  const namesake = there.find((each) => each.name === name)?.fileName;
  // `a b` and `a-b` would lie in one file.
  const other = there.find((each) => each.fileName === fileName);
  if (namesake === undefined && other !== undefined) {
    const file = path.join(folder.root, ...folder.folders, fileName);
    const message = `${file} holds another workflow, ${JSON.stringify(other.name)}; save this one under another name`;
    return { kind: 'refused', reason: 'taken', message };
  }
  const put = await putFile({ ...folder, name: namesake ?? fileName, text, replace });
  if (put.kind === 'put') return { kind: 'saved', file: put.file, change: put.change };
  const { reason, message } = put;
  if (reason !== 'exists' || namesake === undefined) return { kind: 'refused', reason, message };
  return {
    kind: 'refused',
    reason,
    message: `${JSON.stringify(name)} is saved there already, in ${put.file}`,
  };
}

/** What is saved in that folder: a second file of one name would never run. */
async function savedIn(
  dir: string,
  places: WorkflowPlaces,
): Promise<readonly { readonly name: string; readonly fileName: string }[]> {
  const workflows = await new SavedWorkflows(places).glance();
  return workflows
    .filter(({ file }) => path.dirname(file) === dir)
    .map(({ meta, file }) => ({ name: meta.name, fileName: path.basename(file) }));
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
