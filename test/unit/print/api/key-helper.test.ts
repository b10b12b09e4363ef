import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { KeyHelper } from '../../../../src/print/api/key-helper.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SIGNAL = new AbortController().signal;

function helper(command: string) {
  const cwd = temporaryFolder();
  const clock = new ManualClock();
  const asked = new KeyHelper({
    command: `echo x >> calls; ${command}`,
    cwd,
    env: { PATH: process.env['PATH'], FROM_SESSION: 'yes' },
    clock,
    ttlMs: 300_000,
  });
  const calls = (): number => readFileSync(path.join(cwd, 'calls'), 'utf8').length / 2;
  return { asked, clock, calls };
}

test('what the command prints is the key, without the line feed, in the environment of the session', async () => {
  const { asked } = helper('echo "key-$FROM_SESSION"');
  expect(await asked.key(SIGNAL)).toBe('key-yes');
});

test('it counts for its time, then another is asked for', async () => {
  const { asked, clock, calls } = helper('echo k');
  await asked.key(SIGNAL);
  clock.advance(299_999);
  await asked.key(SIGNAL);
  expect(calls()).toBe(1);
  clock.advance(1);
  await asked.key(SIGNAL);
  expect(calls()).toBe(2);
});

test('a forgotten one is asked for anew', async () => {
  const { asked, calls } = helper('echo k');
  await asked.key(SIGNAL);
  expect(asked.forget()).toBe(true);
  await asked.key(SIGNAL);
  expect(calls()).toBe(2);
});

test.each([
  ['echo hidden-key; echo hidden-reason >&2; exit 3', 'it exited with 3'],
  ['true', 'it printed nothing'],
  ['printf "hidden-key\\nhidden-more"', 'what it printed is no key'],
  ['kill -9 $$', 'a signal ended it'],
  ['head -c 100000 /dev/zero', 'it printed more than 64000 bytes'],
])('%s: %s, and nothing of it is repeated', async (command, why) => {
  const { asked } = helper(command);
  const error: unknown = await asked.key(SIGNAL).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'CredentialsFailure' });
  expect(String(error)).toContain(`apiKeyHelper failed: ${why}`);
  expect(String(error)).not.toMatch(/hidden/);
});

test('one that hangs is given up', async () => {
  const { asked, clock } = helper('exec sleep 1000');
  const key = asked.key(SIGNAL);
  key.catch(() => {});
  await clock.timerSet(60_000);
  clock.advance(60_000);
  await expect(key).rejects.toThrow('it printed no key within 60 s');
});

test('the end of the session ends it', async () => {
  const { asked, clock } = helper('exec sleep 1000');
  const controller = new AbortController();
  const key = asked.key(controller.signal);
  key.catch(() => {});
  await clock.timerSet(60_000);
  controller.abort(new Error('enough'));
  await expect(key).rejects.toThrow('enough');
});
