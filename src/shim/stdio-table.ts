/** Which descriptor of the child is which of ours: the caller's own ones where they were, the lease where nobody looks. */

import type { StdioOptions } from 'node:child_process';
import { fstatSync } from 'node:fs';
import type { Socket } from 'node:net';

export interface StdioWish {
  /** A descriptor, or a pipe that we fill. */
  readonly stdin: number | 'pipe';
  /** A descriptor, or a pipe that we read. */
  readonly stdout: number | 'pipe';
  /** Descriptors above 2 that came with us. */
  readonly open: readonly number[];
  readonly lease: Socket | undefined;
}

type Entry = Exclude<StdioOptions, string>[number];

/** Larger numbers Node never closes in a child, so that they need no place in the table. */
const LARGEST = 255;
/**
 * Up to 15 Node, where it is the agent, keeps a descriptor from the commands it starts: they must not hold the slot.
 * From 10 on is where no shell script has any of its own.
 */
const LEASE_NUMBERS = [12, 13, 14, 15, 11, 10, 9, 8, 7, 6, 5, 4, 3];

export function stdioTable({ stdin, stdout, open, lease }: StdioWish): Entry[] {
  const table: Entry[] = [stdin, stdout, 2];
  const inherited = open.filter((descriptor) => descriptor <= LARGEST && isOpen(descriptor));
  for (const descriptor of inherited) table[descriptor] = descriptor;
  if (lease !== undefined) table[freeNumber(open)] = lease;
  return Array.from(table, (entry) => entry ?? 'ignore');
}

function freeNumber(open: readonly number[]): number {
  const free = LEASE_NUMBERS.find((number) => !open.includes(number));
  return free ?? Math.max(...open) + 1;
}

function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}

/** True when both are the very same file: `2>&1`, a terminal, one socket. */
export function isOneFile(a: number, b: number): boolean {
  try {
    const [one, other] = [fstatSync(a, { bigint: true }), fstatSync(b, { bigint: true })];
    return one.dev === other.dev && one.ino === other.ino && one.rdev === other.rdev;
  } catch {
    return false;
  }
}
