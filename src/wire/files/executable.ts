/** Programs as a shell finds them, but for relative folders of PATH: what the working folder holds is nobody's choice. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

export function executableOnPath(name: string, pathVariable: string | undefined): string | undefined {
  return (pathVariable ?? '')
    .split(path.delimiter)
    .filter((dir) => path.isAbsolute(dir))
    .map((dir) => path.join(dir, name))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
