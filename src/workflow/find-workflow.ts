/** Finds the script a `workflow()` names: saved ones by their `meta.name`, others by path. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type Json } from '../core/json.ts';
import { MAX_SCRIPT_BYTES } from '../script/decode-script.ts';
import { decodeScript, type ParsedScript, parseScript, ScriptRefused } from '../script/parse-script.ts';
import { projectFolders } from '../wire/files/project-folders.ts';
import { readRegularFile } from '../wire/files/regular-file.ts';

export type FoundWorkflow =
  | { readonly kind: 'found'; readonly script: ParsedScript }
  | { readonly kind: 'problem'; readonly name: 'Error' | 'TypeError'; readonly message: string };

export interface WorkflowFinder {
  find(ref: Json): Promise<FoundWorkflow>;
}

/** Set by the user of Claude Code: where its personal files are. */
export const CLAUDE_CONFIG_DIR = 'CLAUDE_CONFIG_DIR';

export interface WorkflowPlaces {
  readonly cwd: string;
  readonly homeDir: string | undefined;
  readonly configDir: string | undefined;
}

/** The project's folders, nearest first; then the personal one. */
export class SavedWorkflows implements WorkflowFinder {
  readonly #places: WorkflowPlaces;
  constructor(places: WorkflowPlaces) {
    this.#places = places;
  }

  async find(ref: Json): Promise<FoundWorkflow> {
    if (typeof ref === 'string') return await this.#byName(ref);
    if (isJsonObject(ref) && typeof ref['scriptPath'] === 'string')
      return await this.#byPath(ref['scriptPath']);
    const received = JSON.stringify(ref);
    return problem('TypeError', `workflow() expects a name or { scriptPath: '…' }, not ${received}`);
  }

  /** Saved scripts by name; one that is not valid has no name and is left out. */
  async saved(): Promise<ReadonlyMap<string, ParsedScript>> {
    const found = new Map<string, ParsedScript>();
    for (const dir of await this.#folders()) {
      for (const script of (await scriptsIn(dir)).scripts) {
        if (!found.has(script.meta.name)) found.set(script.meta.name, script);
      }
    }
    return found;
  }

  /** Those that were left out, and why: nobody can call them by name. */
  async damaged(): Promise<readonly DamagedScript[]> {
    // A project in the home folder has the personal ones for its own.
    const folders = new Set(await this.#folders());
    const perFolder = await Promise.all([...folders].map(scriptsIn));
    return perFolder.flatMap(({ damaged }) => damaged);
  }

  async #byName(name: string): Promise<FoundWorkflow> {
    const saved = await this.saved();
    const script = saved.get(name);
    if (script) return { kind: 'found', script };
    const known = saved.size === 0 ? 'none is saved here' : `saved here: ${[...saved.keys()].join(', ')}`;
    return problem('Error', `workflow(${JSON.stringify(name)}): no workflow of that name; ${known}`);
  }

  async #byPath(scriptPath: string): Promise<FoundWorkflow> {
    const file = path.resolve(this.#places.cwd, scriptPath);
    try {
      const reading = await readScript(file);
      if (reading.kind === 'found') return reading;
      return problem('Error', `workflow() cannot read ${JSON.stringify(scriptPath)}: ${reading.why}`);
    } catch (error) {
      if (error instanceof ScriptRefused) return problem('Error', firstLine(error.message));
      const code = (error as NodeJS.ErrnoException).code;
      return problem('Error', `workflow() cannot read ${JSON.stringify(scriptPath)} (${code})`);
    }
  }

  async #folders(): Promise<string[]> {
    const { cwd, homeDir, configDir } = this.#places;
    const folders = (await projectFolders(cwd)).map((dir) => path.join(dir, '.claude/workflows'));
    const personal = configDir ?? (homeDir === undefined ? undefined : path.join(homeDir, '.claude'));
    if (personal !== undefined) folders.push(path.join(personal, 'workflows'));
    return folders;
  }
}

type ScriptReading =
  | { readonly kind: 'found'; readonly script: ParsedScript }
  | { readonly kind: 'refused'; readonly why: string };

/** Named by a script, or found lying there: nobody vouches for what kind of file it is. */
async function readScript(file: string): Promise<ScriptReading> {
  const reading = await readRegularFile(file, MAX_SCRIPT_BYTES);
  if (reading.kind === 'refused') return reading;
  return { kind: 'found', script: parseScript(decodeScript(reading.bytes, file), file) };
}

interface ScriptsFound {
  readonly scripts: readonly ParsedScript[];
  readonly damaged: readonly DamagedScript[];
}

export interface DamagedScript {
  readonly file: string;
  readonly why: string;
}

async function scriptsIn(dir: string): Promise<ScriptsFound> {
  const names: string[] = await readdir(dir).catch(() => []);
  const scripts: ParsedScript[] = [];
  const damaged: DamagedScript[] = [];
  for (const name of names.filter((entry) => entry.endsWith('.js')).sort()) {
    const file = path.join(dir, name);
    try {
      const reading = await readScript(file);
      if (reading.kind === 'found') scripts.push(reading.script);
      else damaged.push({ file, why: reading.why });
    } catch (error) {
      if (!(error instanceof ScriptRefused) && !('code' in (error as object))) throw error;
      damaged.push({ file, why: firstLine((error as Error).message) });
    }
  }
  return { scripts, damaged };
}

/** The frame under the message quotes the file: that is for its author, not for a script that may not read files. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

function problem(name: 'Error' | 'TypeError', message: string): FoundWorkflow {
  return { kind: 'problem', name, message };
}
