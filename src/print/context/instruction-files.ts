/** What people wrote down for every agent: the CLAUDE.md files that count for a folder, and what those import. */
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { projectFolders } from '../../wire/files/project-folders.ts';
import { readRegularFile } from '../../wire/files/regular-file.ts';
import { isWithin } from '../permissions/real-path.ts';
import { importsIn } from './imports-in.ts';

export type InstructionSource = 'user' | 'project' | 'local';

export interface InstructionPlaces {
  readonly cwd: string;
  readonly homeDir: string | undefined;
  /** `$CLAUDE_CONFIG_DIR`: stands in for `~/.claude`. */
  readonly configDir: string | undefined;
  /** `undefined` is all there are. */
  readonly sources: readonly InstructionSource[] | undefined;
}

export interface InstructionFile {
  readonly source: InstructionSource;
  readonly file: string;
  readonly text: string;
}

/** Measured: what is imported by what is imported, and so on. */
const MAX_DEPTH = 5;
/** Every agent of a fan-out pays for it. */
const MAX_FILE_BYTES = 100_000;
const MAX_ALL_BYTES = 200_000;
const MAX_FILES = 100;

/** The user's first, then the project's from its root down, each followed by what it imports. */
export async function instructionFiles(places: InstructionPlaces): Promise<InstructionFile[]> {
  const reader = new Reader(places.homeDir);
  const isWanted = (source: InstructionSource): boolean => places.sources?.includes(source) ?? true;
  const personal = places.configDir ?? (places.homeDir && path.join(places.homeDir, '.claude'));
  if (personal !== undefined && isWanted('user')) {
    // The user's own file may lead and refer to wherever the user likes.
    await reader.take('user', path.join(personal, 'CLAUDE.md'), '/');
  }
  const folders = (await projectFolders(places.cwd)).reverse();
  const root = await realpath(folders[0] ?? places.cwd);
  for (const folder of folders) {
    if (isWanted('project')) {
      await reader.take('project', path.join(folder, 'CLAUDE.md'), root);
      await reader.take('project', path.join(folder, '.claude', 'CLAUDE.md'), root);
      for (const file of await rulesIn(path.join(folder, '.claude', 'rules')))
        await reader.take('project', file, root);
    }
    if (isWanted('local')) await reader.take('local', path.join(folder, 'CLAUDE.local.md'), root);
  }
  return reader.files;
}

class Reader {
  readonly files: InstructionFile[] = [];
  readonly #homeDir: string | undefined;
  readonly #seen = new Set<string>();
  #bytes = 0;

  constructor(homeDir: string | undefined) {
    this.#homeDir = homeDir;
  }

  /** `root`: what lies elsewhere is left out, also where a link leads there: a project is not to have us send it away. */
  async take(source: InstructionSource, file: string, root: string, depth = 0): Promise<void> {
    const real = await realpath(file).catch(() => undefined);
    if (real === undefined || this.#seen.has(real) || !isWithin(real, root)) return;
    this.#seen.add(real);
    if (this.files.length >= MAX_FILES) return;
    const reading = await readRegularFile(real, MAX_FILE_BYTES).catch(() => undefined);
    if (reading === undefined) return;
    const text =
      reading.kind === 'read' ? reading.bytes.toString('utf8').trim() : `[left out: ${reading.why}]`;
    this.#bytes += Buffer.byteLength(text);
    const isTooMuch = this.#bytes > MAX_ALL_BYTES;
    if (text === '' || reading.kind !== 'read' || isTooMuch) {
      if (text !== '')
        this.files.push({ source, file, text: isTooMuch ? '[left out: too much in all]' : text });
      return;
    }
    this.files.push({ source, file, text });
    if (depth >= MAX_DEPTH) return;
    for (const name of importsIn(text)) await this.take(source, this.#resolve(name, file), root, depth + 1);
  }

  #resolve(name: string, from: string): string {
    if (name.startsWith('~/')) return path.join(this.#homeDir ?? '/nonexistent', name.slice(2));
    return path.resolve(path.dirname(from), name);
  }
}

async function rulesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => path.join(folder, name));
}
