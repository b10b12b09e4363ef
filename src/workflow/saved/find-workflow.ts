/** Finds the script a `workflow()` names: saved ones by their `meta.name`, others by path. */
import path from 'node:path';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { ParsedScript, ScriptSource } from '../../script/parse-script.ts';
import type { Meta } from '../../script/read-meta.ts';
import { readMetaOf, readScript } from './read-script.ts';
import { type Place, scriptFilesIn, type WorkflowPlaces, workflowFolders } from './workflow-places.ts';

export type FoundWorkflow =
  | { readonly kind: 'found'; readonly script: ParsedScript }
  | { readonly kind: 'problem'; readonly name: 'Error' | 'TypeError'; readonly message: string };

export interface WorkflowFinder {
  find(ref: Json): Promise<FoundWorkflow>;
}

export interface SavedWorkflow extends ScriptSource {
  readonly place: Place;
  readonly file: string;
}

/** Its body may be none that could run. */
export interface GlancedWorkflow {
  readonly meta: Meta;
  readonly place: Place;
  readonly file: string;
}

/** Nobody can call it by name: it has none that could be read. Or a folder of theirs that cannot be looked into. */
export interface DamagedScript {
  readonly place: Place;
  readonly file: string;
  /** One line. */
  readonly why: string;
}

export interface CataloguedWorkflow extends SavedWorkflow {
  /** The file that runs instead, because it has the same name and comes first. */
  readonly shadowedBy: string | undefined;
}

export interface SavedCatalogue {
  /** In order of precedence. */
  readonly workflows: readonly CataloguedWorkflow[];
  readonly damaged: readonly DamagedScript[];
}

export interface NamedWorkflow {
  readonly workflow: SavedWorkflow;
  /** Of the same name, and never run while this one is there. */
  readonly shadowed: readonly SavedWorkflow[];
}

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

  /** Everything there is: shadowed ones and damaged ones too. */
  async catalogue(): Promise<SavedCatalogue> {
    const workflows: CataloguedWorkflow[] = [];
    const first = new Map<string, string>();
    const damaged: DamagedScript[] = [];
    for (const folder of await workflowFolders(this.#places)) {
      const { place } = folder;
      const { files, fault } = await scriptFilesIn(folder);
      if (fault !== undefined) damaged.push({ place, file: folder.dir, why: fault });
      for (const file of files) {
        const reading = await readScript(file);
        if (reading.kind === 'refused') {
          damaged.push({ place, file, why: reading.why });
          continue;
        }
        const { name } = reading.value.script.meta;
        workflows.push({ ...reading.value, place, file, shadowedBy: first.get(name) });
        if (!first.has(name)) first.set(name, file);
      }
    }
    return { workflows, damaged };
  }

  /** All but those whose meta is damaged, by that alone: many times as quick as a look at each whole script. */
  async glance(): Promise<readonly GlancedWorkflow[]> {
    const found: GlancedWorkflow[] = [];
    for (const folder of await workflowFolders(this.#places)) {
      const { files } = await scriptFilesIn(folder);
      for (const file of files) {
        const reading = await readMetaOf(file);
        if (reading.kind === 'read') found.push({ meta: reading.value, place: folder.place, file });
      }
    }
    return found;
  }

  async named(name: string): Promise<NamedWorkflow | undefined> {
    const found: SavedWorkflow[] = [];
    for (const { meta, place, file } of await this.glance()) {
      const reading = meta.name === name ? await readScript(file) : undefined;
      if (reading?.kind === 'read') found.push({ ...reading.value, place, file });
    }
    const [workflow, ...shadowed] = found;
    return workflow === undefined ? undefined : { workflow, shadowed };
  }

  /** In order of precedence, each once. */
  async names(): Promise<readonly string[]> {
    const { workflows } = await this.catalogue();
    return [...new Set(workflows.map(({ script }) => script.meta.name))];
  }

  async #byName(name: string): Promise<FoundWorkflow> {
    const found = await this.named(name);
    if (found !== undefined) return { kind: 'found', script: found.workflow.script };
    const why = `no workflow of that name; ${savedHere(await this.names())}`;
    return problem('Error', `workflow(${JSON.stringify(name)}): ${why}`);
  }

  async #byPath(scriptPath: string): Promise<FoundWorkflow> {
    const reading = await readScript(path.resolve(this.#places.cwd, scriptPath));
    if (reading.kind === 'read') return { kind: 'found', script: reading.value.script };
    const { why, isInvalid } = reading;
    return problem('Error', isInvalid ? why : `workflow() cannot read ${JSON.stringify(scriptPath)}: ${why}`);
  }
}

const MOST_NAMES = 40;

/** What there is, for whoever named something else. A name is anybody's text: one that is no plain words is quoted. */
export function savedHere(names: readonly string[]): string {
  if (names.length === 0) return 'none is saved here';
  const shown = names
    .slice(0, MOST_NAMES)
    .map((name) => (/^[\p{L}\p{M}\p{N}._ -]+$/u.test(name) ? name : JSON.stringify(name)));
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `saved here: ${shown.join(', ')}${more}`;
}

function problem(name: 'Error' | 'TypeError', message: string): FoundWorkflow {
  return { kind: 'problem', name, message };
}
