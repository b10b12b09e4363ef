/** Reads the script a user named: a file, or a saved workflow. Whatever is wrong with it is said before anything starts. */
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { savedWorkflows } from '../../launch/saved-workflows.ts';
import { nearestNames } from '../../print/flags/nearest-names.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import { parseSource, type ScriptSource } from '../../script/parse-script.ts';
import { type NamedWorkflow, type SavedWorkflows, savedHere } from '../../workflow/saved/find-workflow.ts';
import { shWord } from '../shell-words.ts';
import { scriptContent } from './script-content.ts';

export interface ScriptSearch {
  readonly cwd: string;
  readonly saved: SavedWorkflows;
  /** Hears a line where something else of the same name could have been meant. */
  readonly tell: (line: string) => void;
}

/** `folder`: where the saved ones are looked for. Paths are those of who typed them. */
export function scriptSearch(folder: string, quiet: boolean, program: Program): ScriptSearch {
  const { cwd, stderr } = program;
  const tell = quiet ? () => {} : (line: string) => void stderr.write(`andwait: ${safeLine(line)}\n`);
  return { cwd, saved: savedWorkflows(folder, program), tell };
}

/**
 * `/audit` is the saved workflow of that name, a file only where none is saved so. `audit` is a file of that name, else the
 * saved workflow: a folder of that name is no script.
 */
export async function readScriptFile(file: string, search: ScriptSearch): Promise<ScriptSource> {
  if (file === '') throw new UserError('"" is no path; give the path of a workflow script');
  const { cwd, saved } = search;
  const byName = /^\/[^/]+$/.test(file) ? await saved.named(file.slice(1)) : undefined;
  if (byName !== undefined) return meant(byName, search);
  const read = await scriptContent(file, cwd).catch((error: NodeJS.ErrnoException) => error);
  if (!(read instanceof Error)) {
    if (isName(file)) await tellOfNamesake(file, search);
    return parseSource(read, file);
  }
  // A name may hold slashes, too.
  const found = (await saved.named(file)) ?? (await saved.named(file.replace(/^\//, '')));
  if (found !== undefined) return meant(found, search);
  if (read instanceof UserError) throw read;
  throw new UserError(
    read.code === 'ENOENT' && isName(file) ? unknownName(file, await saved.names()) : problemOf(file, read),
  );
}

function meant({ workflow, shadowed }: NamedWorkflow, { tell }: ScriptSearch): ScriptSource {
  const [next] = shadowed;
  if (next !== undefined) {
    const others = shadowed.length > 1 ? ` and ${shadowed.length - 1} more` : '';
    const name = JSON.stringify(workflow.script.meta.name);
    tell(
      `${name} is the ${workflow.place} workflow ${workflow.file}; not run: ${next.file} (${next.place})${others}`,
    );
  }
  return workflow;
}

/** The file is what was always run; who means the other learns how to say so. */
async function tellOfNamesake(file: string, { saved, tell }: ScriptSearch): Promise<void> {
  const found = await saved.named(file);
  if (found === undefined) return;
  const { place, file: other } = found.workflow;
  tell(
    `${JSON.stringify(file)} is a file here; the ${place} workflow ${other} is run as ${shWord(`/${file}`)}`,
  );
}

/** `audit` and `/audit` may be a name; `./audit` and `audit.js` are files. */
function isName(file: string): boolean {
  return /^\/?[^/\\]+$/.test(file) && !file.endsWith('.js');
}

function unknownName(file: string, names: readonly string[]): string {
  const name = file.replace(/^\//, '');
  const near = nearestNames(name, names).map((each) => JSON.stringify(each));
  const there = near.length > 0 ? `did you mean ${near.join(' or ')}?` : savedHere(names);
  return `there is no file ${JSON.stringify(file)}, and no saved workflow ${JSON.stringify(name)} (${there})`;
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
