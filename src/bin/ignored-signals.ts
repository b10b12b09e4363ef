/**
 * Which signals we were started with ignored, as `nohup` and a script's `&` do: whoever started us wants them to pass us
 * by. Node forgets that before any of our code runs, so the first line of our program, which is sh, writes it down.
 */

/** Set by the first line of dist/andwait.js: its process, and the kernel's mask of ignored signals. */
export const ANDWAIT_IGNORED = 'ANDWAIT_IGNORED';

/** Bit 0 of the mask is signal 1. */
const BITS: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGHUP', 0],
  ['SIGINT', 1],
  ['SIGQUIT', 2],
  ['SIGTERM', 14],
];

/** Nothing where another process was meant: an andwait above us was started so. */
export function ignoredSignals(told: string | undefined, pid: number): NodeJS.Signals[] {
  const [whose, mask] = (told ?? '').split(':');
  if (whose !== String(pid) || mask === undefined || !/^[0-9a-f]+$/i.test(mask)) return [];
  const bits = BigInt(`0x${mask}`);
  return BITS.flatMap(([name, bit]) => (((bits >> BigInt(bit)) & 1n) === 1n ? [name] : []));
}
