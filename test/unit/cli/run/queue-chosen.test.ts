/** Which queue a run uses: of the flag, of the environment, of the last attempt; and that its password is kept nowhere. */
import { expect, test } from 'vitest';
import { queueOfResumed } from '../../../../src/cli/run/resume/queue-of-resumed.ts';
import { runAndwait } from '../../../support/programs/run-in-process.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const NOTHING = {};
const SECRET = 'redis://:s3cret@host';
const OPEN = 'redis://host';

test('the flag goes before the environment, and both before what is recorded', () => {
  const env = { ANDWAIT_QUEUE: OPEN };
  expect(queueOfResumed('postgres://host/db', undefined, env)?.kind).toBe('postgres');
  expect(queueOfResumed(undefined, 'postgres://host/db', env)?.kind).toBe('redis');
  expect(queueOfResumed(undefined, 'postgres://host/db', NOTHING)?.kind).toBe('postgres');
  expect(queueOfResumed(undefined, undefined, NOTHING)).toBeUndefined();
  expect(queueOfResumed('off', OPEN, env)).toBeUndefined();
});

test('a recorded queue whose password was not kept has to be given again', () => {
  expect(() => queueOfResumed(undefined, 'redis://:***@host', NOTHING)).toThrow(
    'go through the queue redis://:***@host, whose password is not kept; give --queue, or set ANDWAIT_QUEUE; --queue off runs them here',
  );
  expect(queueOfResumed(undefined, 'redis://:***@host', { ANDWAIT_QUEUE: SECRET })?.secret).toBe(SECRET);
});

test.each([
  ['worker', ['worker'], 'andwait: say which queue to take calls from: --queue redis://'],
  ['worker', ['worker', '--queue', 'host', '--slots', '2'], 'andwait: --queue "host": expected redis://'],
  [
    'run',
    ['run', 'none.js', '--queue', 'redis://a:s3cret@b c'],
    'andwait: --queue "redis://***@b c": expected',
  ],
])('%s says what is wrong with a queue: %j', async (_name, argv, words) => {
  const { code, stderr } = await runAndwait({ argv, cwd: temporaryFolder() });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
  expect(stderr).not.toContain('s3cret');
});
