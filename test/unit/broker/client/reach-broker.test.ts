import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { brokerEnvironment } from '../../../../src/broker/client/broker-environment.ts';
import { connectToPool, PoolUnreachable } from '../../../../src/broker/client/pool-client.ts';
import { VERSION } from '../../../../src/core/program.ts';
import { POOL_PROTOCOL } from '../../../../src/wire/pool/pool-message.ts';
import { markOf } from '../../../../src/wire/processes/process-mark.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { FakeBroker, poolHome, programIn, TOKEN } from './fake-broker.ts';

/** Fires what waits for a look, not the limit. */
const LOOK_MS = 50;

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a broker that lives', () => {
  test('is told who comes, and tells how many slots there are', async () => {
    const home = poolHome();
    const broker = await FakeBroker.start(home);
    const clock = new ManualClock();
    const connecting = connectToPool(programIn(home, clock));
    const hello = await (await broker.peer()).welcome(5);
    expect(hello).toMatchObject({
      protocol: POOL_PROTOCOL,
      version: VERSION,
      token: TOKEN,
      client: markOf(process.pid),
    });
    expect((await connecting).slots).toBe(5);
    // Nothing is left that would keep the process alive or go off later.
    expect(clock.pending).toEqual([]);
  });

  test('of another protocol is named with what to do, at once', async () => {
    const home = poolHome();
    const broker = await FakeBroker.start(home);
    const connecting = errorOf(connectToPool(programIn(home, new ManualClock())));
    const peer = await broker.peer();
    await peer.next('hello');
    peer.send({ type: 'unwelcome', reason: 'protocol', message: 'I speak 9' });
    const error = await connecting;
    expect(error).toBeInstanceOf(PoolUnreachable);
    expect(error).toMatchObject({ reason: 'other-version' });
    expect(String(error)).toMatch(
      new RegExp(`andwait 9\\.9\\.9 \\(pid 4242\\).*protocol ${POOL_PROTOCOL}.*I speak 9.*andwait pool stop`),
    );
  });

  test.each([
    ['hangs up before it answers', (peer: { hangUp(): void }) => peer.hangUp()],
    [
      'is ending',
      (peer: { send(message: object): void }) =>
        peer.send({ type: 'unwelcome', reason: 'ending', message: '' }),
    ],
    ['says what is no message', (peer: { sendText(text: string): void }) => peer.sendText('what?\n')],
  ])('one that %s is tried again', async (_name, answer) => {
    const home = poolHome();
    const clock = new ManualClock();
    const broker = await FakeBroker.start(home);
    const connecting = clock.runUntil(connectToPool(programIn(home, clock)), LOOK_MS);
    const first = await broker.peer();
    await first.next('hello');
    (answer as (peer: unknown) => void)(first);
    await (await broker.peer()).welcome();
    expect((await connecting).slots).toBe(3);
  });

  test('that never answers is given up after 5 s', async () => {
    const home = poolHome();
    const clock = new ManualClock();
    const broker = await FakeBroker.start(home);
    const connecting = errorOf(connectToPool(programIn(home, clock)));
    await (await broker.peer()).next('hello');
    clock.advance(4999);
    clock.advance(1);
    // The look that follows the last one is not waited for: the time is over.
    const error = await clock.runUntil(connecting, LOOK_MS);
    expect(error).toMatchObject({ name: 'PoolUnreachable', reason: 'silent' });
    expect(String(error)).toContain('did not answer');
    expect(clock.monotonicMs()).toBeLessThanOrEqual(5000 + LOOK_MS);
  });
});

describe('no broker', () => {
  test('that can be started: after 5 s it says what was tried', async () => {
    const home = poolHome();
    const clock = new ManualClock();
    const error = await clock.runUntil(errorOf(connectToPool(programIn(home, clock))), LOOK_MS);
    expect(error).toMatchObject({ name: 'PoolUnreachable', reason: 'no-broker' });
    expect(String(error)).toMatch(
      /could not be reached for 5 s.*\/nowhere\/pool-broker\.js.*andwait pool serve/,
    );
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(5000);
    expect(clock.monotonicMs()).toBeLessThanOrEqual(5000 + LOOK_MS);
  });

  test('whose start the system refuses at once is told with its reason', async () => {
    const program = { ...programIn(poolHome(), new ManualClock()), nodePath: 'no\0node' };
    const clock = new ManualClock();
    const error = await clock.runUntil(errorOf(connectToPool({ ...program, clock })), LOOK_MS);
    expect(error).toMatchObject({ name: 'PoolUnreachable', reason: 'no-broker' });
    expect(String(error)).toMatch(/could not be run: .*null bytes/);
  });

  test('is told at once to who would not start one, stale notes or not', async () => {
    const home = poolHome();
    const clock = new ManualClock();
    const asking = () => errorOf(connectToPool(programIn(home, clock), { startBroker: false }));
    expect(await asking()).toMatchObject({ reason: 'no-broker' });
    const broker = await FakeBroker.start(home);
    broker.die();
    expect(await asking()).toMatchObject({ reason: 'no-broker' });
    expect(clock.pending).toEqual([]);
  });

  test('whoever finds a stale note waits for the broker that another process starts', async () => {
    const home = poolHome();
    const clock = new ManualClock();
    (await FakeBroker.start(home)).die();
    const connecting = clock.runUntil(connectToPool(programIn(home, clock)), LOOK_MS);
    await clock.timerSet(5);
    const broker = await FakeBroker.start(home);
    await (await broker.peer()).welcome(8);
    expect((await connecting).slots).toBe(8);
  });

  test('a folder that others can look into is refused in words', async () => {
    const home = poolHome();
    mkdirSync(path.join(home, 'pool'));
    chmodSync(path.join(home, 'pool'), 0o755);
    for (const startBroker of [true, false]) {
      const error = await errorOf(connectToPool(programIn(home, new ManualClock()), { startBroker }));
      expect(error).toMatchObject({ name: 'PoolUnreachable', reason: 'no-place' });
      expect(String(error)).toContain('chmod 700');
    }
  });

  test('a home that is a file is refused in words', async () => {
    const home = path.join(poolHome(), 'file');
    writeFileSync(home, '');
    const error = await errorOf(connectToPool(programIn(home, new ManualClock())));
    expect(error).toMatchObject({ name: 'PoolUnreachable', reason: 'no-place' });
  });
});

test("a broker's environment has what it needs, no key and nothing of one call", () => {
  const env = {
    PATH: '/bin',
    HOME: '/h',
    TMPDIR: '/t',
    LANG: 'C',
    TZ: 'UTC',
    ANTHROPIC_API_KEY: 'sk',
    GITHUB_TOKEN: 'gh',
    CLAUDE_CODE_USE_BEDROCK: '1',
    AWS_SECRET_ACCESS_KEY: 'aws',
    GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
    ANTHROPIC_FOUNDRY_API_KEY: 'az',
    NODE_OPTIONS: '--x',
    ANDWAIT_HOME: '/a',
    ANDWAIT_POOL_IDLE_SECONDS: '5',
    ANDWAIT_QUEUE: 'redis://:secret@h',
    ANDWAIT_LEASE: 'L',
    ANDWAIT_RUN_ID: 'r',
    ANDWAIT_RUN_DIR: '/r',
    ANDWAIT_EXEC: '1',
    ANDWAIT_AGENT: '1',
    ANDWAIT_CALL: '1',
    ANDWAIT_CALL_KEY: 'k',
    ANDWAIT_CALL_OCCURRENCE: '1',
  };
  expect(brokerEnvironment(env)).toEqual({
    PATH: '/bin',
    HOME: '/h',
    TMPDIR: '/t',
    LANG: 'C',
    TZ: 'UTC',
    ANDWAIT_HOME: '/a',
    ANDWAIT_POOL_IDLE_SECONDS: '5',
  });
});
