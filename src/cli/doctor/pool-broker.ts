/** Whether the pool answers. One that nobody has started yet is started: that it can be is what everybody counts on. */
import { closeSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { connectToPool } from '../../broker/client/pool-client.ts';
import { PoolUnreachable } from '../../broker/client/pool-errors.ts';
import { type PoolPlace, poolPlace, readSocketNote } from '../../broker/pool-place.ts';
import { UserError } from '../../core/exit.ts';
import { type Program, VERSION } from '../../core/program.ts';
import { openLocked } from '../../journal/open-locked.ts';
import { countText } from '../../report/text/figures.ts';
import type { PoolStatus } from '../../wire/pool/pool-status.ts';
import type { Check, Finding } from './finding.ts';

const about = 'pool';

export const checkPool: Check = async (program) => {
  let place: PoolPlace;
  try {
    place = poolPlace(program);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ about, level: 'problem', message: error.message }];
  }
  const status = await statusOf(program);
  if (status instanceof PoolUnreachable) {
    return [{ about, level: 'problem', message: status.message, ...(await remedyFor(place, status)) }];
  }
  return [judgedStatus(status, VERSION), ...leftovers(place)];
};

/** `undefined` when nobody runs a pool and none could be asked. Also what the check for orphans goes by. */
export async function statusOf(program: Program): Promise<PoolStatus | PoolUnreachable> {
  try {
    await using pool = await connectToPool(program);
    return await pool.status();
  } catch (error) {
    if (error instanceof PoolUnreachable) return error;
    throw error;
  }
}

export function judgedStatus(status: PoolStatus, version: string): Finding {
  const { pid, slots, taken, waiting, paused } = status;
  const told = `broker ${status.version} (pid ${pid}): ${taken} of ${countText(slots, 'slot')} taken, ${waiting} waiting`;
  if (status.version !== version) {
    const message = `${told}; it is not of this version, ${version}`;
    return { about, level: 'problem', message, remedy: 'andwait pool stop; the next call starts a new one' };
  }
  if (paused)
    return { about, level: 'note', message: `${told}; it is paused`, remedy: 'andwait pool continue' };
  return { about, level: 'ok', message: told };
}

/** A broker that lives and does not answer holds the lock, so that no other can be started; else one's last words say most. */
async function remedyFor(
  place: PoolPlace,
  { reason }: PoolUnreachable,
): Promise<{ readonly remedy?: string }> {
  // These do answer, and hold the lock by right.
  if (reason === 'other-version') {
    return {
      remedy: 'andwait pool stop --force; it ends what runs there, too, and the next call starts a new one',
    };
  }
  if (reason === 'token') return {};
  for (const file of [place.lockFile, place.startingFile]) {
    if (await isHeld(file)) {
      const holder = readSocketNote(place)?.pid;
      const end =
        holder === undefined ? `end whoever holds it (fuser ${file})` : `end it with: kill -9 ${holder}`;
      return { remedy: `${file} is held by a process that does not answer; ${end}` };
    }
  }
  if (!existsSync(place.logFile)) return {};
  const line = readFileSync(place.logFile, 'utf8').trimEnd().split('\n').at(-1);
  return line === undefined || line === ''
    ? {}
    : { remedy: `see ${place.logFile}, which ends with: ${line}` };
}

/** Asked only where nobody could be reached: for that moment a broker that starts would be refused its lock. */
async function isHeld(file: string): Promise<boolean> {
  const descriptor = await openLocked(file, 'shared').catch(() => null);
  if (descriptor !== null && descriptor !== undefined) closeSync(descriptor);
  return descriptor === undefined;
}

/** Sockets of brokers that were killed: nobody listens, and nobody is kept from anything. */
function leftovers(place: PoolPlace): Finding[] {
  const listening = readSocketNote(place)?.path;
  const dead = readdirSync(place.dir)
    .filter((name) => name.endsWith('.sock'))
    .map((name) => path.join(place.dir, name))
    .filter((file) => file !== listening);
  if (dead.length === 0) return [];
  const message = `${dead.length} sockets of brokers that were killed: ${dead.slice(0, 3).join(', ')}`;
  return [{ about, level: 'note', message, remedy: 'they do no harm and can be removed' }];
}
