/** The cap over all hosts, on a server that forgets. */
import { expect, test } from 'vitest';
import { KEEP_LOOK_MS, keepSet } from '../../../src/queue/keep-set.ts';
import { QueueRig } from '../../support/queue/queue-rig.ts';

test('is set anew on a server that lost what it had, and what another host said later stays', async () => {
  const { server, clock, settle } = new QueueRig();
  const letGo = await keepSet(server.connect().cap, 2, clock);
  expect(server.cap).toBe(2);
  const look = async (): Promise<number> => {
    clock.advance(KEEP_LOOK_MS);
    await settle();
    return server.cap;
  };
  server.forgetAll();
  expect(await look()).toBe(2);
  await server.connect().cap.set(3);
  expect(await look()).toBe(3);
  server.forgetAll();
  server.isAway = true;
  expect(await look()).toBe(Number.POSITIVE_INFINITY);
  server.isAway = false;
  expect(await look()).toBe(2);
  letGo();
  server.forgetAll();
  expect(await look()).toBe(Number.POSITIVE_INFINITY);
});
