/** The broker as a program: started by whoever needs the pool, detached, with nobody to talk to but its clients and a log. */
import { statSync, truncateSync } from 'node:fs';
import { EXIT } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import { appendSmall } from '../wire/files/small-file.ts';
import { Broker, type BrokerEnd } from './broker.ts';
import { type PoolPlace, poolPlace } from './pool-place.ts';
import { idleMsOf } from './pool-settings.ts';
import { claimPool } from './pool-socket.ts';
import { systemProcesses } from './slots/end-agents.ts';
import { availableBytes } from './slots/free-memory.ts';

/** What nobody caught: `process.on('uncaughtException')`. */
export type OnFatal = (listener: (error: Error) => void) => void;

const MAX_LOG_BYTES = 256 * 1024;

/** The exit code; 0 also when another broker lives already: then there is nothing to do. */
export async function brokerMain(program: Program, onFatal: OnFatal): Promise<number> {
  let place: PoolPlace | undefined;
  try {
    place = poolPlace(program);
    const end = await serveBroker(program, place, { idleMs: idleMsOf(program), onFatal });
    if (end === undefined || end.kind !== 'failed') return EXIT.done;
    logFailure(place, program, end.error);
  } catch (error) {
    if (place !== undefined) logFailure(place, program, error as Error);
  }
  return EXIT.bug;
}

export interface ServeOptions {
  /** `null`: it never ends for want of work. */
  readonly idleMs: number | null;
  readonly onFatal: OnFatal;
  /** Called once it listens. */
  readonly onListening?: () => void;
}

/** Also `andwait pool serve`. `undefined`: another broker lives. Rejects when the pool's folder cannot be had. */
export async function serveBroker(
  program: Program,
  place: PoolPlace,
  { idleMs, onFatal, onListening }: ServeOptions,
): Promise<BrokerEnd | undefined> {
  const claim = await claimPool(place, program);
  if (claim === undefined) return undefined;
  const processes = systemProcesses(program);
  const broker = new Broker(program, { place, claim, idleMs, processes, availableBytes });
  onFatal((error) => broker.fail(error));
  const stops = (['SIGTERM', 'SIGINT'] as const).map((signal) =>
    program.onSignal(signal, () => broker.end({ kind: 'stopped' })),
  );
  // Its starter's terminal is none of its business.
  const ignored = program.onSignal('SIGHUP', () => {});
  try {
    await broker.start().then(onListening, (error: Error) => broker.fail(error));
    return await broker.ended;
  } finally {
    for (const stop of [...stops, ignored]) stop();
  }
}

/** Bounded: a pool that fails once a minute for a year must not fill the disk. */
function logFailure({ logFile }: PoolPlace, { clock, pid }: Program, error: Error): void {
  const at = new Date(clock.now()).toISOString();
  try {
    if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) truncateSync(logFile);
    appendSmall(logFile, `${at} ${pid} ${error.stack ?? error.message}\n`);
  } catch {
    // Nowhere to write, and nobody to tell.
  }
}
