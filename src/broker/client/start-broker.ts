/** Finds the pool's broker, or starts one: of all who find none at once, the kernel's lock lets exactly one start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { close, closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../core/exit.ts';
import type { Clock } from '../../core/ports.ts';
import type { Program } from '../../core/program.ts';
import { openLocked } from '../../journal/open-locked.ts';
import { elapsed } from '../../wire/waiting.ts';
import { makeOwnFolder, type PoolPlace, poolPlace } from '../pool-place.ts';
import { brokerEnvironment } from './broker-environment.ts';
import { type BrokerLink, NobodyAnswers, openLink } from './broker-link.ts';
import { detachedStdio } from './inherited-descriptors.ts';
import { PoolUnreachable } from './pool-errors.ts';

export type PoolProgram = Pick<
  Program,
  'env' | 'clock' | 'random' | 'nodePath' | 'distDir' | 'uid' | 'pid' | 'homeDir'
>;

/** How long a broker is sought in all. */
export const REACH_MS = 5000;
/** Between two looks; a broker needs some 100 ms to start. */
const FIRST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 50;
/** Asking for the lock costs a process: who did not get it asks again only when its holder has had time to fail. */
const ASK_LOCK_EVERY_MS = 500;

const closeFile = promisify(close);

/** The broker that runs. Rejects at once with `PoolUnreachable` when there is none. */
export async function findBroker(program: PoolProgram): Promise<BrokerLink> {
  return await withLimit(program.clock, async (signal) => {
    const place = placeOf(program, (dir) => existsSync(dir));
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = longer(lookMs)) {
      try {
        return await openLink(place, program, signal);
      } catch (error) {
        if (!(error instanceof NobodyAnswers)) throw error;
        if (error.kind === 'absent') {
          throw new PoolUnreachable('no-broker', `the pool has no broker (${error.message})`);
        }
        if (signal.aborted) throw new PoolUnreachable('silent', unreachable(place, error.message));
      }
      await elapsed(program.clock, lookMs);
    }
  });
}

/** The broker that runs, or a new one. Rejects with `PoolUnreachable` after `REACH_MS`. */
export async function reachBroker(program: PoolProgram, stop?: AbortSignal): Promise<BrokerLink> {
  const place = placeOf(program);
  return await withLimit(
    program.clock,
    async (signal) => {
      await using starter = new BrokerStarter(program, place);
      let seen = 'nothing was tried';
      let kind: NobodyAnswers['kind'] = 'absent';
      for (let lookMs = FIRST_LOOK_MS; !signal.aborted; lookMs = longer(lookMs)) {
        try {
          return await openLink(place, program, signal);
        } catch (error) {
          if (!(error instanceof NobodyAnswers)) throw error;
          ({ message: seen, kind } = error);
        }
        // One that is silent may be ending, or busy; it may also be gone by the next look.
        if (kind === 'absent') await starter.startUnlessOther();
        await elapsed(program.clock, lookMs);
      }
      const reason = kind === 'absent' ? 'no-broker' : 'silent';
      throw new PoolUnreachable(
        reason,
        unreachable(place, starter.told === '' ? seen : `${seen}; ${starter.told}`),
      );
    },
    stop,
  );
}

function unreachable(place: PoolPlace, seen: string): string {
  return `the pool in ${place.dir} could not be reached for ${REACH_MS / 1000} s (${seen}); \`andwait pool serve\` shows what its broker says, ${place.logFile} what the last ones said`;
}

/** The pool's folder, which must be ours alone: whoever can write to it could take our token, and speak for the pool. */
function placeOf(program: PoolProgram, isNeeded: (dir: string) => boolean = () => true): PoolPlace {
  try {
    const place = poolPlace(program);
    if (isNeeded(place.dir)) makeOwnFolder(place.dir, program.uid);
    return place;
  } catch (error) {
    if (error instanceof UserError) throw new PoolUnreachable('no-place', error.message);
    throw error;
  }
}

/** Holds the lock from the start of a broker until it answers: nobody else then starts a second one meanwhile. */
class BrokerStarter implements AsyncDisposable {
  readonly #program: PoolProgram;
  readonly #place: PoolPlace;
  #lock: number | undefined;
  #askAgainAt = 0;
  /** What became of our own broker, in words. */
  told = '';
  #isStarting = false;
  #hasEnded = false;

  constructor(program: PoolProgram, place: PoolPlace) {
    this.#program = program;
    this.#place = place;
  }

  async startUnlessOther(): Promise<void> {
    if (this.#isStarting) return;
    const now = this.#program.clock.monotonicMs();
    if (now < this.#askAgainAt) return;
    this.#askAgainAt = now + ASK_LOCK_EVERY_MS;
    const hadLock = this.#lock !== undefined;
    this.#lock ??= await this.#takeLock();
    if (this.#lock === undefined) {
      this.told = 'another process was starting a broker';
      return;
    }
    // Whoever had the lock before us may have been through in between: the next look tells.
    if (!hadLock) {
      this.#askAgainAt = 0;
      return;
    }
    this.#start();
  }

  async #takeLock(): Promise<number | undefined> {
    try {
      return await openLocked(this.#place.startingFile, 'exclusive');
    } catch (error) {
      throw new PoolUnreachable(
        'no-broker',
        `the pool in ${this.#place.dir} cannot be started: ${(error as Error).message}`,
      );
    }
  }

  /** With nothing of ours: a pipe that it kept open would keep its reader waiting, a terminal would end it by Ctrl-C. */
  #start(): void {
    const { nodePath, distDir, env } = this.#program;
    const file = path.join(distDir, 'pool-broker.js');
    this.#isStarting = true;
    // What became of the last one is what explains most.
    if (!this.#hasEnded) this.told = `started ${file}`;
    const isOver = (how: string): void => {
      this.told = `started ${file}, which ${how}`;
      this.#hasEnded = true;
      this.#isStarting = false;
    };
    let broker: ChildProcess;
    try {
      broker = spawnDetached(nodePath, file, env);
    } catch (error) {
      // Some of the system's errors are thrown (EINVAL: an inherited descriptor above `ulimit -n`), others are told.
      isOver(`could not be run: ${(error as Error).message}`);
      return;
    }
    broker.once('error', (error) => isOver(`could not be run: ${error.message}`));
    broker.once('exit', (code, signal) => isOver(`ended with ${signal ?? code}`));
    broker.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#lock !== undefined) await closeFile(this.#lock);
  }
}

function spawnDetached(nodePath: string, file: string, env: Program['env']): ChildProcess {
  const devNull = openSync('/dev/null', 'r+');
  try {
    return spawn(nodePath, [file], {
      detached: true,
      stdio: detachedStdio(devNull),
      cwd: '/',
      env: brokerEnvironment(env),
    });
  } finally {
    closeSync(devNull);
  }
}

/** Aborts what is tried when the time is over, and leaves no timer behind. */
async function withLimit<T>(
  clock: Clock,
  attempt: (signal: AbortSignal) => Promise<T>,
  stop?: AbortSignal,
): Promise<T> {
  const limit = new AbortController();
  const giveUp = (): void => limit.abort();
  const cancel = clock.after(REACH_MS, giveUp);
  stop?.addEventListener('abort', giveUp, { once: true });
  try {
    return await attempt(limit.signal);
  } finally {
    cancel();
    stop?.removeEventListener('abort', giveUp);
  }
}

function longer(lookMs: number): number {
  return Math.min(lookMs * 2, LONGEST_LOOK_MS);
}
