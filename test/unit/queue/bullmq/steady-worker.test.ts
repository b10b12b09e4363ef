/** What BullMQ does while its server is away, with doubles of the parts of it that are mended. */
import { expect, test } from 'vitest';
import type { BullBackend, BullWorker } from '../../../../src/queue/bullmq/bullmq-module.ts';
import { slowToFail, withFreshTries } from '../../../../src/queue/bullmq/steady-worker.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** Remembers its first try, as BullMQ's backend and connection for PostgreSQL do. */
class Tried {
  readyPromise: Promise<string> | undefined;
  tries = 0;
  isAway = true;

  waitUntilReady = async (): Promise<string> => {
    this.readyPromise ??= this.#try();
    return await this.readyPromise;
  };

  async #try(): Promise<string> {
    this.tries += 1;
    if (this.isAway) throw new Error('connect ECONNREFUSED');
    return 'ready';
  }
}

test.each(['backend', 'connection'] as const)(
  'a %s whose first try failed is tried again, and no more once it stands',
  async (which) => {
    const parts = { backend: Object.assign(new Tried(), { connection: new Tried() }) };
    const backend: BullBackend = withFreshTries(() => parts.backend)('calls', {});
    const tried = which === 'backend' ? parts.backend : parts.backend.connection;
    const ready = () => (which === 'backend' ? backend : backend.connection)?.waitUntilReady?.();
    await expect(ready()).rejects.toThrow('ECONNREFUSED');
    tried.isAway = false;
    expect(await ready()).toBe('ready');
    await ready();
    expect(tried.tries).toBe(2);
  },
);

test('a backend of another kind is left as it is', () => {
  const backend = { connection: {} };
  expect(withFreshTries(() => backend)('calls')).toBe(backend);
  expect(backend).toEqual({ connection: {} });
});

test('a worker that cannot ask for a job waits a moment before it asks again', async () => {
  const clock = new ManualClock();
  let asked = 0;
  const double = {
    moveToActive: async (token: string): Promise<string> => {
      asked += 1;
      if (asked === 1) throw new Error('the database system is starting up');
      return token;
    },
  };
  const worker = slowToFail(double as unknown as BullWorker, clock) as unknown as typeof double;
  const failed = worker.moveToActive('a').catch((error: Error) => error.message);
  let isOver = false;
  void failed.then(() => {
    isOver = true;
  });
  await clock.timerSet(1000);
  expect(isOver).toBe(false);
  clock.advance(1000);
  expect(await failed).toBe('the database system is starting up');
  expect(await worker.moveToActive('b')).toBe('b');
});
