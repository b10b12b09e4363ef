import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { ConversationMessage } from '../../../../src/print/api/model.ts';
import { readSession } from '../../../../src/print/session-files/read-session.ts';
import { sessionLine } from '../../../../src/print/session-files/session-lines.ts';
import { replied, said, used } from '../fake-model.ts';

const STAMP = { sessionId: 's', cwd: '/c', uuid: 'u1', parentUuid: null, timestamp: 't' };

const user = (...content: JsonObject[]): JsonObject => ({
  type: 'user',
  uuid: 'x',
  message: { role: 'user', content },
});
const assistant = (id: string, ...content: JsonObject[]): JsonObject => ({
  type: 'assistant',
  uuid: 'y',
  message: { id, role: 'assistant', content },
});
const result = (id: string): JsonObject => ({ type: 'tool_result', tool_use_id: id, content: 'r' });
const file = (...lines: JsonObject[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

const shape = (messages: readonly ConversationMessage[]): string[] =>
  messages.map(
    ({ role, content }) => `${role}: ${content.map((block) => block['text'] ?? block.type).join(' ')}`,
  );

test('what was written is read', () => {
  const reply = replied(said('hm'), used('Bash', { command: 'ls' }));
  const text = file(
    sessionLine({ role: 'user', content: [said('hi')] }, undefined, STAMP),
    sessionLine({ role: 'assistant', content: reply.blocks }, reply, {
      ...STAMP,
      uuid: 'u2',
      parentUuid: 'u1',
    }),
    sessionLine({ role: 'user', content: [result('toolu_1') as never] }, undefined, { ...STAMP, uuid: 'u3' }),
  );
  expect(readSession(text)).toEqual({
    lastUuid: 'u3',
    isTorn: false,
    tokens: 120,
    cost: undefined,
    messages: [
      { role: 'user', content: [said('hi')] },
      { role: 'assistant', content: reply.blocks },
      { role: 'user', content: [result('toolu_1')] },
    ],
  });
});

test('a line says who wrote it, and has what the real program looks for', () => {
  expect(sessionLine({ role: 'user', content: [said('hi')] }, undefined, STAMP)).toMatchObject({
    type: 'user',
    parentUuid: null,
    uuid: 'u1',
    sessionId: 's',
    isSidechain: false,
    message: { role: 'user' },
    entrypoint: 'andwait-print',
  });
});

describe('a session of the real program', () => {
  test('a line a block: the blocks of a reply are one message, answers that stand together too', () => {
    const text = file(
      { type: 'queue-operation' },
      { type: 'user', uuid: 'a', message: { role: 'user', content: 'hi' } },
      { type: 'attachment', uuid: 'b', attachment: {} },
      assistant('m1', said('t')),
      assistant('m1', used('Read', 1, 'r1')),
      user(result('r1')),
      assistant('m1', used('Read', 2, 'r2')),
      user(result('r2')),
      assistant('m2', said('done')),
      { type: 'last-prompt' },
    );
    const { messages } = readSession(text);
    expect(shape(messages)).toEqual([
      'user: hi',
      'assistant: t tool_use tool_use',
      'user: tool_result tool_result',
      'assistant: done',
    ]);
  });

  test('what agents of it said, errors put into words, and what came before a compaction are no part of it', () => {
    const text = file(
      user(said('old')),
      { type: 'system', subtype: 'compact_boundary' },
      user(said('summary')),
      { ...user(said('side')), isSidechain: true },
      {
        type: 'assistant',
        message: { id: 'e', role: 'assistant', model: '<synthetic>', content: [said('API Error')] },
      },
    );
    expect(shape(readSession(text).messages)).toEqual(['user: summary']);
  });
});

describe('cut off', () => {
  test('inside a line', () => {
    const kept = readSession(`${file(user(said('hi')))}{"type":"assist`);
    expect(kept).toMatchObject({ isTorn: true, messages: [{ role: 'user' }] });
  });

  test('between a call and its answer: it is answered', () => {
    const { messages } = readSession(
      file(
        user(said('hi')),
        assistant('m', used('A', 1, 'a'), used('B', 2, 'b')),
        user(result('b'), said('go on')),
      ),
    );
    expect(messages.at(-1)?.content).toMatchObject([
      {
        type: 'tool_result',
        tool_use_id: 'a',
        is_error: true,
        content: expect.stringContaining('No result'),
      },
      { tool_use_id: 'b' },
      { text: 'go on' },
    ]);
  });

  test('an answer to nothing is left out, and so is what comes before any user', () => {
    const { messages } = readSession(file(assistant('m', said('x')), user(result('gone')), user(said('hi'))));
    expect(shape(messages)).toEqual(['user: hi']);
  });
});
