import { expect, test } from 'vitest';
import { SoFar } from '../../../../src/agent/outcome/so-far.ts';
import type { JsonObject } from '../../../../src/core/json.ts';

function message(id: string, input: number, output: number): JsonObject {
  return { type: 'assistant', message: { id, usage: { input_tokens: input, output_tokens: output } } };
}

function after(...events: readonly JsonObject[]) {
  const soFar = new SoFar();
  for (const event of events) soFar.add(event);
  return soFar.value;
}

test('nothing told', () => {
  expect(after({ type: 'user' }, { type: 'assistant', message: 'odd' })).toMatchObject({
    usage: { inputTokens: 0, outputTokens: 0 },
    model: undefined,
  });
});

test('each message once, however many events it comes in; the last one as far as it is', () => {
  const value = after(
    { type: 'system', subtype: 'init', model: 'opus-5' },
    message('a', 100, 1),
    message('a', 100, 20),
    message('b', 300, 5),
  );
  expect(value).toMatchObject({ usage: { inputTokens: 400, outputTokens: 25 }, model: 'opus-5' });
});

test('a message that a sub-agent interrupts is not counted twice', () => {
  const value = after(message('a', 100, 1), message('sub', 10, 1), message('a', 100, 20), message('b', 5, 5));
  expect(value.usage).toMatchObject({ inputTokens: 115, outputTokens: 7 });
});
