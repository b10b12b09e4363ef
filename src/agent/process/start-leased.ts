/** Starts an agent with its slot in its own hands: a connection to the pool that it inherits, and that the kernel closes when it ends. */
import type { Socket } from 'node:net';
import type { LeaseTicket } from '../../core/ports.ts';
import type { Environment } from '../../core/program.ts';
import { attachLease } from '../../wire/pool/lease-socket.ts';
import type { CommandLine } from '../program/command-line.ts';
import { type Started, startChild } from './start-child.ts';

export interface StartPlace {
  readonly cwd: string;
  readonly env: Environment;
}

export async function startLeased(
  commandLine: CommandLine,
  { cwd, env }: StartPlace,
  ticket: LeaseTicket | undefined,
): Promise<Started> {
  const lease = ticket === undefined ? undefined : await leaseOf(ticket);
  try {
    return await startChild(commandLine, cwd, env, lease);
  } finally {
    // The agent has a copy of its own now; ours would keep the slot taken when the agent is gone.
    lease?.destroy();
  }
}

/** A broker that has just died takes no lease: its successor counts the agent by its process instead. */
async function leaseOf(ticket: LeaseTicket): Promise<Socket | undefined> {
  return await attachLease(ticket).catch(() => undefined);
}
