/** The cap over all hosts, on a server that forgets. */
import { expect, test } from 'vitest';
import { CAP_LOOK_MS, keepCap } from '../../../src/queue/queue-cap.ts';
import { QueueRig } from '../../support/queue/queue-rig.ts';

test('is set anew on a server that lost what it had, and what another host said later stays', async () => {
  const { server, clock, settle } = new QueueRig();
  const letGo = await keepCap(server.connect(), 2, clock);
  expect(server.cap).toBe(2);
  const look = async (): Promise<number> => {
    clock.advance(CAP_LOOK_MS);
    await settle();
    return server.cap;
  };
  server.forgetAll();
  expect(await look()).toBe(2);
  await server.connect().setCap(3);
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
