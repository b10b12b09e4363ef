/** Whether somebody said that a project's own settings may grant something: a repository is not to grant itself permissions. */
import path from 'node:path';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { projectFolders } from '../../wire/files/project-folders.ts';
import { readRegularFile } from '../../wire/files/regular-file.ts';

export interface PersonalPlaces {
  readonly homeDir: string | undefined;
  readonly configDir: string | undefined;
}

export interface TrustPlaces extends PersonalPlaces {
  /** Where the project's settings lie. */
  readonly projectDir: string;
  /** Root of their repository's own checkout: whoever trusts it trusts every working tree of it, as measured. */
  readonly main: string;
}

/** Grows with every project a person has opened. */
const MAX_BYTES = 50_000_000;

/** `undefined` where there is no place for it. */
export function trustFile({ homeDir, configDir }: PersonalPlaces): string | undefined {
  const folder = configDir ?? homeDir;
  return folder === undefined ? undefined : path.join(folder, '.claude.json');
}

/** What the real program keeps of a user from session to session. `undefined`: there is none that could be read. */
export async function personalState(
  places: PersonalPlaces,
): Promise<{ readonly file: string; readonly value: JsonObject } | undefined> {
  const file = trustFile(places);
  if (file === undefined) return undefined;
  try {
    const reading = await readRegularFile(file, MAX_BYTES);
    const value: unknown = reading.kind === 'read' ? JSON.parse(reading.bytes.toString('utf8')) : undefined;
    return isJsonObject(value) ? { file, value } : undefined;
  } catch {
    return undefined;
  }
}

/** Measured: the entry of the folder itself counts, those of folders above it do not; a repository's root stands for what is in it. */
export async function isTrusted(places: TrustPlaces): Promise<boolean> {
  const { projectDir, main } = places;
  const folders = [path.resolve(projectDir), (await projectFolders(projectDir)).at(-1) ?? projectDir, main];
  const projects = (await personalState(places))?.value['projects'];
  if (!isJsonObject(projects)) return false;
  return folders.some((folder) => {
    const entry = Object.hasOwn(projects, folder) ? projects[folder] : undefined;
    return isJsonObject(entry) && entry['hasTrustDialogAccepted'] === true;
  });
}
