/** Where bash is. Commands are judged by bash's grammar: another shell may read the same text as another command, so none stands in. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const USUAL_PLACES: readonly string[] = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'];

/** `undefined`: there is none. The usual places come first, since PATH may name a project's own folders. */
export function bashPath(
  pathVariable: string | undefined,
  places: readonly string[] = USUAL_PLACES,
): string | undefined {
  const onPath = (pathVariable ?? '')
    .split(path.delimiter)
    .filter((dir) => path.isAbsolute(dir))
    .map((dir) => path.join(dir, 'bash'));
  return [...places, ...onPath].find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
