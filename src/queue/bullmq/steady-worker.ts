/**
 * Two faults of BullMQ 6 that a server which goes away brings out. A connection to PostgreSQL whose first try failed fails for
 * ever, for the try is remembered. And a worker that cannot ask for a job asks again at once: without end, in a loop that
 * leaves the process no time for anything else, its signals and locks included.
 */
import type { Clock } from '../../core/ports.ts';
import { elapsed } from '../../wire/waiting.ts';
import type { BackendFactory, BullWorker } from './bullmq-module.ts';

const AGAIN_MS = 1000;

/** The same backend, which is tried again, with its connection, when somebody next asks for it. */
export function withFreshTries(create: BackendFactory): BackendFactory {
  return (...given) => {
    const backend = create(...given);
    for (const each of [backend, backend.connection]) {
      const wait = each?.waitUntilReady?.bind(each);
      if (each === undefined || wait === undefined) continue;
      each.waitUntilReady = async () => {
        try {
          return await wait();
        } catch (error) {
          each.readyPromise = undefined;
          throw error;
        }
      };
    }
    return backend;
  };
}

/** What the worker asks for its next job with waits a moment before it fails. */
export function slowToFail<Worker extends BullWorker>(worker: Worker, clock: Clock): Worker {
  const asking = worker as { moveToActive?: (...given: readonly unknown[]) => Promise<unknown> };
  const ask = asking.moveToActive?.bind(worker);
  if (ask === undefined) return worker;
  asking.moveToActive = async (...given) => {
    try {
      return await ask(...given);
    } catch (error) {
      await elapsed(clock, AGAIN_MS);
      throw error;
    }
  };
  return worker;
}
