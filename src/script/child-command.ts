/** The command line that takes a Node process's authority away, as far as this Node, this kernel and this user allow. */
import { realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';

/**
 * What `sh` does before it becomes Node, each step best effort, without a change of pid:
 * - no core dump: one of a script that ran out of memory would be as large as its heap;
 * - a watcher that kills the child when descriptor 3 closes without a word, which is what our own SIGKILL looks like: a script
 *   in an endless loop would never read the end of its input;
 * - a network namespace of its own, with nothing in it: before Node 25 the permission model leaves the network open.
 */
const LAUNCHER = `
ulimit -c 0 2>/dev/null
{ read -r _ || kill -9 $$; } <&3 >/dev/null 2>&1 &
exec 3<&-
unshare -rn true 2>/dev/null && exec unshare -rn -- "$@"
exec "$@"
`;

export const SHELL = '/bin/sh';

export function launcherArgs(command: readonly string[]): string[] {
  return ['-c', LAUNCHER, 'sh', ...command];
}

/** Flags and file for the child. `hasPermissionFlag`: Node 22.13 gave the permission model its final name and node:sqlite its first appearance without a flag. */
export function hostCommand(
  nodePath: string,
  hostPath: string,
  heapMb: number,
  hasPermissionFlag: boolean = isBuiltin('node:sqlite'),
): string[] {
  // Node resolves the links to its main file by looking at them, which it would not be allowed to.
  const file = realpathSync(hostPath);
  return [
    nodePath,
    hasPermissionFlag ? '--permission' : '--experimental-permission',
    `--allow-fs-read=${file}`,
    // node:sqlite writes any file in spite of --permission.
    ...(hasPermissionFlag ? ['--no-experimental-sqlite'] : []),
    '--frozen-intrinsics',
    '--disallow-code-generation-from-strings',
    '--disable-proto=throw',
    '--no-addons',
    '--no-global-search-paths',
    '--no-warnings',
    // A rejection that nobody awaits is the script's business; the other modes look at the reason, which is the script's object.
    '--unhandled-rejections=none',
    `--max-old-space-size=${heapMb}`,
    file,
  ];
}
