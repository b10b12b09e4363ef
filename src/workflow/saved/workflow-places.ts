/** Where workflows are kept, nearest first: the project's folders, the person's own, and what came with this program. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { projectFolders } from '../../wire/files/project-folders.ts';

/** Set by the user of Claude Code: where its personal files are. */
export const CLAUDE_CONFIG_DIR = 'CLAUDE_CONFIG_DIR';

export interface WorkflowPlaces {
  readonly cwd: string;
  readonly homeDir: string | undefined;
  readonly configDir: string | undefined;
  readonly bundledDir: string;
}

export type Place = 'project' | 'personal' | 'bundled';

export interface PlaceFolder {
  readonly place: Place;
  readonly dir: string;
}

/** Folders below a project's. */
const IN_PROJECT = ['.claude', 'workflows'] as const;
const IN_PERSONAL = ['workflows'] as const;

/** `undefined` when nobody's home is known. */
function personalRoot({ homeDir, configDir }: WorkflowPlaces): string | undefined {
  const root = configDir ?? (homeDir === undefined ? undefined : path.join(homeDir, '.claude'));
  return root === undefined ? undefined : path.resolve(root);
}

/** In order of precedence, each once: a project in the home folder has the personal ones for its own. */
export async function workflowFolders(places: WorkflowPlaces): Promise<PlaceFolder[]> {
  const root = personalRoot(places);
  const personal = root === undefined ? undefined : path.join(root, ...IN_PERSONAL);
  const own = (await projectFolders(places.cwd)).map((dir) => path.join(dir, ...IN_PROJECT));
  const dirs = [...new Set(personal === undefined ? own : [...own, personal])];
  return [
    ...dirs.map((dir): PlaceFolder => ({ place: dir === personal ? 'personal' : 'project', dir })),
    { place: 'bundled', dir: places.bundledDir },
  ];
}

export interface FolderScripts {
  /** Paths in the order that decides between two of one name. */
  readonly files: readonly string[];
  /** The system's word for why it cannot be looked into; a folder that is not there has none, and no files. */
  readonly fault: string | undefined;
}

export async function scriptFilesIn({ place, dir }: PlaceFolder): Promise<FolderScripts> {
  let entries: string[];
  try {
    entries = (await readdir(dir)).sort();
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return { files: [], fault: code === 'ENOENT' ? undefined : code };
  }
  const files =
    place === 'bundled'
      ? // Each with a README beside it.
        entries.map((name) => path.join(dir, name, `${name}.js`)).filter((file) => existsSync(file))
      : entries.filter((entry) => entry.endsWith('.js')).map((entry) => path.join(dir, entry));
  return { files, fault: undefined };
}

export type SavePlace = Exclude<Place, 'bundled'>;

export interface SaveFolder {
  readonly root: string;
  /** Below the root. */
  readonly folders: readonly string[];
}

/**
 * Where a workflow is to be saved. In a project that is the nearest folder with workflows already, else its root.
 * `undefined` when nobody's home is known.
 */
export async function saveFolder(place: SavePlace, places: WorkflowPlaces): Promise<SaveFolder | undefined> {
  if (place === 'personal') {
    const root = personalRoot(places);
    return root === undefined ? undefined : { root, folders: IN_PERSONAL };
  }
  const own = await projectFolders(places.cwd);
  const root = own.find((dir) => existsSync(path.join(dir, ...IN_PROJECT))) ?? own.at(-1) ?? places.cwd;
  return { root, folders: IN_PROJECT };
}
