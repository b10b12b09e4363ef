/** How much memory new agents may count on, as the kernel estimates it: free memory alone leaves out what it would give up. */
import { readFileSync } from 'node:fs';
import os from 'node:os';

export function availableBytes(): number {
  try {
    const [, kilobytes] = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'latin1')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No /proc, as on macOS.
  }
  return os.freemem();
}
