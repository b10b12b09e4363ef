/** Where the session stands: `cd` of one command counts for the next and for relative paths, inside of the working directories. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { isWithin } from '../../permissions/real-path.ts';

export class WorkingFolder {
  /** Where the session began. */
  readonly home: string;
  readonly #allowed: readonly string[];
  #current: string;

  /** `others`: what `--add-dir` and settings add. */
  constructor(home: string, others: readonly string[]) {
    this.home = home;
    this.#allowed = [home, ...others.map((dir) => path.resolve(home, dir))].map(realOr);
    this.#current = home;
  }

  get current(): string {
    return this.#current;
  }

  resolve(file: string): string {
    return path.resolve(this.#current, file);
  }

  /** False, and back where the session began, when that lies elsewhere. */
  moveTo(dir: string): boolean {
    const isAllowed = this.#allowed.some((root) => isWithin(realOr(dir), root));
    this.#current = isAllowed ? dir : this.home;
    return isAllowed;
  }
}

/** As the kernel sees it; a folder that is gone is what it was called. */
function realOr(dir: string): string {
  try {
    return realpathSync(dir);
  } catch {
    return dir;
  }
}
