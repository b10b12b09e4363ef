/**
 * Folders that nobody reads unasked, though the working directories may hold them: whoever has the token of the user's pool
 * may start agents in it and stop those of others.
 */
import { plainPath } from './protected-path.ts';
import { isWithin, type Place, realPath } from './real-path.ts';

export class SecretFolders {
  readonly #folders: readonly string[];

  /** Absolute; what they lead to counts too. */
  constructor(folders: readonly string[]) {
    this.#folders = folders.flatMap((folder) => [folder, realPath(folder) ?? folder]).map(plainPath);
  }

  /** The place is one of them, or lies in one. */
  hold(place: Place): boolean {
    return this.#some(place, (file, folder) => isWithin(file, folder));
  }

  /** Whoever takes all of the place comes by one. */
  lieIn(place: Place): boolean {
    return this.#some(place, (file, folder) => isWithin(folder, file));
  }

  #some({ shown, reals }: Place, holds: (file: string, folder: string) => boolean): boolean {
    if (this.#folders.length === 0) return false;
    const files = [shown, ...reals].map(plainPath);
    return files.some((file) => this.#folders.some((folder) => holds(file, folder)));
  }
}
