/** What processes hold, from /proc: of one the most it ever held, of many together what they really share out. */
import { readdirSync, readFileSync } from 'node:fs';

const KB_PER_MB = 1024;

function kilobytes(file, field) {
  try {
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
  } catch {
    // It has ended between two looks.
    return 0;
  }
}

export function residentMb(pid) {
  return kilobytes(`/proc/${pid}/status`, 'VmRSS') / KB_PER_MB;
}

/** The largest resident set so far, as the kernel keeps it: looks may be rare. */
export function peakMb(pid) {
  return kilobytes(`/proc/${pid}/status`, 'VmHWM') / KB_PER_MB;
}

/** Of these processes and all below them, each shared page counted once. */
export function sharedOutMb(pids) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)]);
  const tree = new Set(pids);
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const [pid, parent] of parents) if (tree.has(parent)) tree.add(pid);
  }
  return [...tree].reduce((sum, pid) => sum + kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss') / KB_PER_MB, 0);
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

/** Looks every `ms` until it is stopped, which gives the largest figure seen. */
export function watchPeak(look, ms) {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, look());
  }, ms);
  return () => {
    clearInterval(timer);
    return peak;
  };
}
