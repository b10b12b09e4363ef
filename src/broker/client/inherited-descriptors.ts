/**
 * What a child gets of our descriptors: none. Those that we were started with and that were not marked close-on-exec (a
 * shell's `3>&1`, make's jobserver, an agent's lease) would otherwise be handed on, and a pipe that a broker keeps open
 * keeps its reader waiting for as long as the broker lives.
 */
import { readdirSync, readFileSync } from 'node:fs';

const FIRST_AFTER_STDIO = 3;
/** Of Linux, in octal as /proc shows it. */
const O_CLOEXEC = 0o2000000;

/**
 * `stdio` of a spawn, `devNull` on every number that would be handed on: Node cannot close a descriptor in a child, but
 * put another one in its place. Elsewhere than on Linux nothing needs to be done: macOS hands on what is asked for alone.
 */
export function detachedStdio(devNull: number): ('ignore' | number)[] {
  const inherited = inheritedDescriptors();
  const count = Math.max(FIRST_AFTER_STDIO, ...inherited.map((descriptor) => descriptor + 1));
  return Array.from({ length: count }, (_, at) => (inherited.includes(at) ? devNull : 'ignore'));
}

function inheritedDescriptors(): number[] {
  try {
    return readdirSync('/proc/self/fd')
      .map(Number)
      .filter((descriptor) => descriptor >= FIRST_AFTER_STDIO && isHandedOn(descriptor));
  } catch {
    return [];
  }
}

function isHandedOn(descriptor: number): boolean {
  try {
    const [, flags = ''] =
      /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1')) ?? [];
    return flags !== '' && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // The listing's own, closed by now.
    return false;
  }
}
