/** Every odd stream an agent program was seen to write, from a real process through a real pipe. */
import { describe, expect, test } from 'vitest';
import { INIT, RESULT, runAgent } from '../../support/agents/agent-run.ts';

const line = (value: object) => `${JSON.stringify(value)}\n`;

test('init, result, exit 0: a reply', async () => {
  const { agent, watch, outcome } = await runAgent();
  await agent.says(INIT);
  await agent.says(RESULT);
  agent.exits(0);
  expect(await outcome).toMatchObject({
    kind: 'reply',
    text: 'done',
    sessionId: 's-1',
    model: 'some-model',
    costUsd: 0.5,
  });
  expect(watch.lines).toEqual([JSON.stringify(INIT), JSON.stringify(RESULT)]);
  expect(watch.pids).toEqual([agent.report.pid]);
});

describe('odd streams that still hold a reply', () => {
  test.each<readonly [string, readonly (string | Buffer)[], string]>([
    ['a character of UTF-8 cut in two', cutInside(line({ ...RESULT, result: 'naïve 😀' }), 0x9f), 'naïve 😀'],
    ['blank lines', ['\n\n', line(INIT), '\r\n \n', line(RESULT), '\n'], 'done'],
    ['CRLF', [line(INIT).replace('\n', '\r\n'), line(RESULT).replace('\n', '\r\n')], 'done'],
    ['no final line feed', [line(INIT), JSON.stringify(RESULT)], 'done'],
    [
      'bad lines',
      ['Warning: something\n', '{"type":"assis\n', 'null\n', '[1]\n', '7\n', line(RESULT)],
      'done',
    ],
    [
      'unknown events',
      [line({ type: 'from_the_future', x: 1 }), line({}), line(RESULT), line({ type: 'later' })],
      'done',
    ],
    ['several results: the last one counts', [line(RESULT), line({ ...RESULT, result: 'later' })], 'later'],
    ['U+2028 inside a string', [line({ ...RESULT, result: 'a\u2028b' })], 'a\u2028b'],
    [
      'one byte at a time',
      [...Buffer.from(line({ ...RESULT, result: 'é' }))].map((byte) => Buffer.from([byte])),
      'é',
    ],
    ['output after the result', [line(RESULT), line({ type: 'system', subtype: 'hook' }), 'bye\n'], 'done'],
  ])('%s', async (_name, writes, text) => {
    const { agent, outcome } = await runAgent();
    for (const bytes of writes) await agent.says(bytes);
    agent.exits(0);
    expect(await outcome).toMatchObject({ kind: 'reply', text });
  });

  test('a line of 50 MB', async () => {
    const { agent, watch, outcome } = await runAgent();
    const fill = 'x'.repeat(1000);
    await agent.saysFilled('{"type":"result","is_error":false,"result":"', fill, 50_000, '"}\n');
    agent.exits(0);
    const reply = await outcome;
    expect(reply.kind).toBe('reply');
    expect(reply.text).toHaveLength(50_000_000);
    expect(watch.lines[0]).toHaveLength(50_000_000 + '{"type":"result","is_error":false,"result":""}'.length);
  });
});

test('a line over the limit costs no later one', async () => {
  const { agent, watch, outcome } = await runAgent({ limits: { maxLineBytes: 1000 } });
  await agent.says(line({ type: 'assistant', text: 'x'.repeat(5000) }));
  await agent.says(RESULT);
  agent.exits(0);
  expect(await outcome).toMatchObject({ kind: 'reply', text: 'done' });
  expect(watch.lines).toEqual([JSON.stringify(RESULT)]);
});

test('a result over the limit is too large, and says so', async () => {
  const { agent, outcome } = await runAgent({ limits: { maxLineBytes: 1000 } });
  await agent.says(line({ ...RESULT, result: 'x'.repeat(5000) }));
  agent.exits(0);
  expect(await outcome).toMatchObject({ kind: 'failure', reason: 'too-large' });
});

describe('no result', () => {
  test('an exit names its status, and the last line of stderr', async () => {
    const { agent, outcome } = await runAgent();
    await agent.says(INIT);
    await agent.complains('warming up\nError: no such model\n');
    agent.exits(3);
    const failure = await outcome;
    expect(failure).toMatchObject({
      kind: 'failure',
      reason: 'no-result',
      stderrTail: 'warming up\nError: no such model\n',
      sessionId: 's-1',
    });
    expect((failure as { message: string }).message).toContain('status 3');
    expect((failure as { message: string }).message).toContain('Error: no such model');
  });

  test('a half-written result is none', async () => {
    const { agent, outcome } = await runAgent();
    await agent.says(JSON.stringify(RESULT).slice(0, -5));
    agent.exits(0);
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'no-result' });
  });

  test('of stderr the end is kept, whole characters of it', async () => {
    const { agent, outcome } = await runAgent();
    await agent.complains(Buffer.from(`${'é'.repeat(100_000)}x the end\n`));
    agent.exits(1);
    const { stderrTail = '' } = (await outcome) as { stderrTail?: string };
    expect(stderrTail).toMatch(/^…é+x the end\n$/);
    expect(Buffer.byteLength(stderrTail)).toBeLessThanOrEqual(8 * 1024 + 3);
  });
});

test('activity is told as it happens', async () => {
  const { agent, watch, outcome } = await runAgent();
  const says = (content: unknown) => agent.says({ type: 'assistant', message: { content } });
  await says([{ type: 'text', text: 'let me look' }]);
  await says([
    { type: 'text', text: 'so' },
    { type: 'tool_use', name: 'Bash', input: {} },
  ]);
  await agent.says({
    type: 'system',
    subtype: 'api_retry',
    attempt: 2,
    retry_delay_ms: 1500,
    error_status: 429,
  });
  await agent.says(RESULT);
  agent.exits(0);
  await outcome;
  expect(watch.activities).toEqual([
    { kind: 'text' },
    { kind: 'tool', tool: 'Bash' },
    { kind: 'retry', attempt: 2, delayMs: 1500, status: 429 },
  ]);
});

function cutInside(text: string, byte: number): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const at = bytes.indexOf(byte);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}
