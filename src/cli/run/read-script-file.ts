/** Reads the script a user named: a file, or a saved workflow. Whatever is wrong with it is said before anything starts. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import { parseSource, type ScriptSource } from '../../script/parse-script.ts';
import { type SavedWorkflows, savedHere } from '../../workflow/saved/find-workflow.ts';

export async function readScriptFile(
  file: string,
  cwd: string,
  saved: SavedWorkflows,
): Promise<ScriptSource> {
  if (file === '') throw new UserError('"" is no path; give the path of a workflow script');
  const read = await readFile(path.resolve(cwd, file)).catch((error: NodeJS.ErrnoException) => error);
  if (!(read instanceof Error)) return parseSource(read, file);
  if (read.code === 'ENOENT' && isName(file)) return await savedScript(file, saved);
  throw new UserError(problemOf(file, read));
}

/** `audit` and `/audit` may be a name; `./audit` and `audit.js` are files. */
function isName(file: string): boolean {
  return /^\/?[^/\\]+$/.test(file) && !file.endsWith('.js');
}

async function savedScript(file: string, saved: SavedWorkflows): Promise<ScriptSource> {
  const name = file.replace(/^\//, '');
  const found = await saved.named(name);
  if (found !== undefined) return found.workflow;
  const there = savedHere(await saved.names());
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
