/** Where our stand-in for `claude` is: beside the built programs, in a folder that holds nothing else, so that PATH gains one name only. */
import path from 'node:path';

export function shimsFolder(distDir: string): string {
  return path.join(distDir, '..', 'shims');
}

/** The search path with that folder in front, once. Without a PATH programs are looked for where the system's default would look. */
export function searchPathWithShims(shims: string, searchPath: string | undefined): string {
  const others = (searchPath ?? '/usr/local/bin:/usr/bin:/bin').split(path.delimiter);
  return [shims, ...others.filter((folder) => folder !== shims)].join(path.delimiter);
}
