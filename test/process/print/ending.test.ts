/** How `andwait-print` ends when it is not by an answer: signals, readers that go away, and a stdin that stays open. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { STREAM, type Started, startPrint } from './print-child.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../../dist/andwait-print.js');

let api: FakeMessagesApi;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
});
afterEach(async () => await api[Symbol.asyncDispose]());

function start(args: readonly string[], stdin = ''): Started {
  return startPrint({ args: ['-p', 'hi', ...args], stdin, env: api.env(temporaryFolder()) });
}

test.runIf(process.platform === 'linux')(
  'a full disk below stdout is said, and is no reader that went away',
  () => {
    const command = 'exec "$0" "$1" -p hi --rehearse >/dev/full';
    const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, PROGRAM], {
      encoding: 'utf8',
      input: '',
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^Error: stdout cannot be written.*ENOSPC.*\n$/),
    });
  },
);

describe('a signal while the model thinks', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s: exit %i, no result, the request given up', async (signal, code) => {
    api.hold();
    const { child, ended } = start(STREAM);
    const request = await api.request(1);
    child.kill(signal);
    await request.abandoned;
    expect(await ended).toMatchObject({ code, signal: null, stderr: '', events: [{ subtype: 'init' }] });
  });

  test('SIGINT: exit 0 and a result that says so', async () => {
    api.hold();
    const { child, ended } = start(STREAM);
    const request = await api.request(1);
    child.kill('SIGINT');
    await request.abandoned;
    expect(await ended).toMatchObject({
      code: 0,
      events: [
        { subtype: 'init' },
        { type: 'user', message: { content: [{ text: '[Request interrupted by user]' }] } },
        {
          type: 'result',
          subtype: 'error_during_execution',
          is_error: true,
          terminal_reason: 'aborted_streaming',
          num_turns: 2,
        },
      ],
    });
  });

  test('SIGINT in the middle of a reply: what was half said is not passed on', async () => {
    api.queue(reply().text('half').hang());
    const { child, ended } = start(STREAM);
    await api.request(1);
    child.kill('SIGINT');
    const { events } = await ended;
    expect(events.map(({ type }) => type)).toEqual(['system', 'user', 'result']);
  });

  test('SIGINT, text: what the real program prints, and no line feed', async () => {
    api.hold();
    const { child, ended } = start([]);
    await api.request(1);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, stdout: 'Execution error', stderr: '' });
  });
});

test('nobody reads stdout: the request is given up, quietly', async () => {
  api.hold();
  const { child, ended } = start(STREAM);
  const request = await api.request(1);
  child.stdout?.destroy();
  request.answer(reply().text('x'.repeat(1_000_000)));
  expect(await ended).toMatchObject({ code: 141, stderr: '' });
});

test('a silent stdin does not keep it alive', async () => {
  const { ended } = startPrint({ args: ['-p', 'ECHO:hi'], stdin: 'open', env: api.env(temporaryFolder()) });
  expect(await ended).toMatchObject({
    code: 0,
    stdout: 'hi\n',
    stderr: expect.stringMatching(/^Warning: no stdin data received in 3s/),
  });
});
