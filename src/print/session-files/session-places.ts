/** Where sessions lie: one file each, in a folder per working directory, named as the real program names them, so that each finds the other's. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Program } from '../../core/program.ts';
import { CLAUDE_CONFIG_DIR, setting } from '../environment.ts';
import { isUuid } from '../uuid.ts';

const ENDING = '.jsonl';

export interface SessionPlaces {
  /** Of all working directories. */
  readonly projects: string;
  /** Of this one. */
  readonly folder: string;
}

/** `undefined` where there is no home to keep anything in. */
export function sessionPlaces({
  env,
  homeDir,
  cwd,
}: Pick<Program, 'env' | 'homeDir' | 'cwd'>): SessionPlaces | undefined {
  const config =
    setting(env, CLAUDE_CONFIG_DIR) ?? (homeDir === undefined ? undefined : path.join(homeDir, '.claude'));
  if (config === undefined) return undefined;
  const projects = path.join(config, 'projects');
  return { projects, folder: path.join(projects, cwd.replace(/[^a-zA-Z0-9]/g, '-')) };
}

export function sessionFile({ folder }: SessionPlaces, id: string): string {
  return path.join(folder, `${id}${ENDING}`);
}

/** A session is found from any working directory; one of this one comes first. */
export async function findSession(places: SessionPlaces, id: string): Promise<string | undefined> {
  const others = (await namesIn(places.projects)).map((name) => path.join(places.projects, name));
  for (const folder of [places.folder, ...others]) {
    const file = path.join(folder, `${id}${ENDING}`);
    if ((await lastChangeMs(file)) !== undefined) return file;
  }
  return undefined;
}

/** The files of this working directory's sessions, the latest first. */
export async function latestSessions({ folder }: SessionPlaces): Promise<string[]> {
  const found: { readonly file: string; readonly changedMs: number }[] = [];
  for (const name of await namesIn(folder)) {
    if (!name.endsWith(ENDING) || !isUuid(name.slice(0, -ENDING.length))) continue;
    const file = path.join(folder, name);
    const changedMs = await lastChangeMs(file);
    if (changedMs !== undefined) found.push({ file, changedMs });
  }
  return found.sort((a, b) => b.changedMs - a.changedMs).map(({ file }) => file);
}

export function sessionIdOf(file: string): string {
  return path.basename(file, ENDING);
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

async function lastChangeMs(file: string): Promise<number | undefined> {
  return await stat(file).then(
    (found) => (found.isFile() ? found.mtimeMs : undefined),
    () => undefined,
  );
}
