/** `--rehearse`: no model, no key, no network. */
import { expect, test } from 'vitest';
import { JSON_FORMAT, runPrint, STREAM } from './print-child.ts';

const SCHEMA =
  '{"type":"object","properties":{"done":{"type":"boolean"},"files":{"type":"array","items":{"type":"string"}}},"required":["done","files"]}';
const NOWHERE = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1', HOME: '/nonexistent' };

test('a text', async () => {
  expect(await runPrint({ args: ['-p', 'Find the bug', '--rehearse'], env: NOWHERE })).toMatchObject({
    code: 0,
    stdout: 'An answer to “Find the bug” (rehearsal)\n',
    stderr: '',
  });
});

test('a value of the schema, the same each time', async () => {
  const call = { args: ['-p', 'Find the bug', '--rehearse', '--json-schema', SCHEMA], env: NOWHERE };
  const [first, second] = [await runPrint(call), await runPrint(call)];
  expect(JSON.parse(first.stdout)).toEqual({ done: expect.any(Boolean), files: expect.any(Array) });
  expect(second.stdout).toBe(first.stdout);
});

test('which call it is comes from andwait', async () => {
  const values = new Set<string>();
  for (const occurrence of ['1', '2', '3', '4', '5']) {
    const env = { ...NOWHERE, ANDWAIT_CALL_KEY: `key ${occurrence}`, ANDWAIT_CALL_OCCURRENCE: occurrence };
    values.add((await runPrint({ args: ['-p', 'x', '--rehearse', '--json-schema', SCHEMA], env })).stdout);
  }
  expect(values.size).toBeGreaterThan(1);
});

test('the events of a real session', async () => {
  const { events } = await runPrint({
    args: ['-p', 'x', '--rehearse', '--json-schema', SCHEMA, ...STREAM],
    env: NOWHERE,
  });
  expect(events.map(({ type, subtype }) => subtype ?? type)).toEqual([
    'init',
    'assistant',
    'user',
    'success',
  ]);
});

test('a schema without a value fails, and says why', async () => {
  const { code, events } = await runPrint({
    args: ['-p', 'x', '--rehearse', '--json-schema', '{"type":"object","not":{}}', ...JSON_FORMAT],
    env: NOWHERE,
  });
  expect(code).toBe(1);
  expect(events).toMatchObject([{ is_error: true, errors: [expect.stringContaining('found no value')] }]);
});
