import { expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import { HostQuestions } from '../../../../src/print/control/host-questions.ts';
import { Interrupted } from '../../../../src/print/session/ending.ts';

function asked() {
  const events: JsonObject[] = [];
  let interrupts = 0;
  let n = 0;
  const questions = new HostQuestions({
    emit: async (event) => void events.push(event),
    newId: () => `q${++n}`,
    interrupt: () => void interrupts++,
  });
  const controller = new AbortController();
  const ask = (command = 'ls') =>
    questions.ask({ name: 'Bash', input: { command }, useId: 't1' }, 'it changes things', controller.signal);
  return { questions, events, ask, controller, interrupts: () => interrupts };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the question, in the words of the protocol', async () => {
  const { questions, events, ask } = asked();
  void ask();
  await settled();
  expect(events).toMatchObject([
    {
      type: 'control_request',
      request_id: 'q1',
      request: {
        subtype: 'can_use_tool',
        tool_name: 'Bash',
        input: { command: 'ls' },
        tool_use_id: 't1',
        decision_reason: 'it changes things',
      },
    },
  ]);
  questions.close();
});

test.each<[string, JsonObject, object, number]>([
  [
    'allowed, changed',
    { subtype: 'success', response: { behavior: 'allow', updatedInput: { command: 'pwd' } } },
    { kind: 'allow', input: { command: 'pwd' } },
    0,
  ],
  [
    'allowed as it is',
    { subtype: 'success', response: { behavior: 'allow' } },
    { kind: 'allow', input: { command: 'ls' } },
    0,
  ],
  [
    'denied',
    { subtype: 'success', response: { behavior: 'deny', message: 'no way' } },
    { kind: 'deny', message: 'no way' },
    0,
  ],
  [
    'denied, and the turn with it',
    { subtype: 'success', response: { behavior: 'deny', message: 'stop', interrupt: true } },
    { kind: 'deny', message: 'stop' },
    1,
  ],
  [
    'answered with an error',
    { subtype: 'error', error: 'callback threw' },
    { kind: 'deny', message: 'Tool permission request failed: callback threw' },
    0,
  ],
  [
    'answered with nonsense',
    { subtype: 'success', response: { behavior: 'maybe' } },
    { kind: 'deny', message: 'Permission to use Bash was denied' },
    0,
  ],
])('%s', async (_name, response, expected, interrupts) => {
  const asking = asked();
  const answer = asking.ask();
  await settled();
  asking.questions.answer('q1', response);
  expect(await answer).toEqual(expected);
  expect(asking.interrupts()).toBe(interrupts);
});

test('two at once, answered the other way round', async () => {
  const { questions, ask } = asked();
  const answers = [ask('a'), ask('b')];
  await settled();
  questions.answer('q2', { subtype: 'success', response: { behavior: 'allow' } });
  questions.answer('q1', { subtype: 'success', response: { behavior: 'deny', message: 'no' } });
  expect(await Promise.all(answers)).toEqual([
    { kind: 'deny', message: 'no' },
    { kind: 'allow', input: { command: 'b' } },
  ]);
});

test('a host that is gone allows nothing', async () => {
  const { questions, events, ask } = asked();
  const before = ask();
  await settled();
  questions.close();
  expect(await before).toMatchObject({ kind: 'deny', message: expect.stringContaining('closed its stream') });
  expect(await ask()).toMatchObject({ kind: 'deny' });
  expect(events).toHaveLength(1);
});

test('an interruption takes the question back', async () => {
  const { events, ask, controller } = asked();
  const answer = ask();
  await settled();
  controller.abort(new Interrupted('x'));
  await expect(answer).rejects.toThrow('x');
  expect(events.at(-1)).toEqual({ type: 'control_cancel_request', request_id: 'q1' });
});
