/** Reads the script a user named: a file, or a saved workflow. Whatever is wrong with it is said before anything starts. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import type { ScriptSource } from '../../launch/prepare-launch.ts';
import { MAX_SCRIPT_BYTES } from '../../script/decode-script.ts';
import { decodeScript, parseScript } from '../../script/parse-script.ts';
import { readRegularFile } from '../../wire/files/regular-file.ts';
import type { SavedWorkflows } from '../../workflow/find-workflow.ts';

export async function readScriptFile(
  file: string,
  cwd: string,
  saved: SavedWorkflows,
): Promise<ScriptSource> {
  if (file === '') throw new UserError('"" is no path; give the path of a workflow script');
  const bytes = await readFile(path.resolve(cwd, file)).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && isName(file)) return await savedScript(file, saved);
    throw new UserError(problemOf(file, error));
  });
  const text = decodeScript(bytes, file);
  return { script: parseScript(text, file), text };
}

/** `audit` and `/audit` may be a name; `./audit` and `audit.js` are files. */
function isName(file: string): boolean {
  return /^\/?[^/\\]+$/.test(file) && !file.endsWith('.js');
}

async function savedScript(file: string, saved: SavedWorkflows): Promise<Uint8Array> {
  const name = file.replace(/^\//, '');
  const found = (await saved.saved()).get(name);
  if (found) {
    const reading = await readRegularFile(found.path, MAX_SCRIPT_BYTES);
    if (reading.kind === 'read') return reading.bytes;
    throw new UserError(`the saved workflow ${found.path} cannot be read any more: ${reading.why}`);
  }
  const known = [...(await saved.saved()).keys()];
  const there = known.length === 0 ? 'none is saved here' : `saved here: ${known.join(', ')}`;
  throw new UserError(
    `there is no file ${JSON.stringify(file)}, and no saved workflow ${JSON.stringify(name)} (${there})`,
  );
}

function problemOf(file: string, error: NodeJS.ErrnoException): string {
  const name = JSON.stringify(file);
  switch (error.code) {
    case 'ENOENT':
      return `there is no file ${name}; give the path of a workflow script`;
    case 'EISDIR':
      return `${name} is a folder; give the path of a workflow script in it`;
    case 'ENOTDIR':
      return `${name} leads through a file (ENOTDIR); give the path of a workflow script`;
    case 'EACCES':
    case 'EPERM':
      return `${name} may not be read (${error.code}); check its permissions`;
    default:
      return `${name} cannot be read: ${error.message}`;
  }
}
