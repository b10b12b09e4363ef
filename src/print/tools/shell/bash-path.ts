/** Where bash is. Commands are judged by bash's grammar: another shell may read the same text as another command, so none stands in. */
import { executableOnPath, isExecutable } from '../../../wire/files/executable.ts';

const USUAL_PLACES: readonly string[] = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'];

/** `undefined`: there is none. The usual places come first, since PATH may name a project's own folders. */
export function bashPath(
  pathVariable: string | undefined,
  places: readonly string[] = USUAL_PLACES,
): string | undefined {
  return places.find(isExecutable) ?? executableOnPath('bash', pathVariable);
}
