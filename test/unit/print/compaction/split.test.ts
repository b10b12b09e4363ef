import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConversationMessage } from '../../../../src/print/api/model.ts';
import { tokensOf } from '../../../../src/print/compaction/message-size.ts';
import { splitOf } from '../../../../src/print/compaction/split.ts';
import type { ContentBlock } from '../../../../src/wire/events/event.ts';
import { said, used } from '../fake-model.ts';

const result = (id: string): ContentBlock => ({ type: 'tool_result', tool_use_id: id, content: 'r' });
const user = (...content: ContentBlock[]): ConversationMessage => ({ role: 'user', content });
const model = (...content: ContentBlock[]): ConversationMessage => ({ role: 'assistant', content });

const round = (id: string): ConversationMessage[] => [model(used('A', {}, id)), user(result(id))];
const ALL = 1e9;

/** How many messages are kept. */
const kept = (messages: readonly ConversationMessage[], tokens: number): number | undefined =>
  splitOf(messages, tokens)?.kept.length;

describe('what is kept word for word', () => {
  const working = [user(said('task')), ...round('1'), ...round('2'), ...round('3')];

  test('as many of the last rounds as fit, but never all', () => {
    expect(kept(working, ALL)).toBe(4);
    expect(kept(working, tokensOf(working.slice(-2)))).toBe(2);
    expect(kept(working, tokensOf(working.slice(-2)) - 1)).toBe(0);
  });

  test('a prompt that waits for its answer, however long it is', () => {
    const asked = [...working, model(said('done')), user(said('x'.repeat(1000)))];
    expect(kept(asked, 0)).toBe(1);
  });

  test('a prompt that answers an open call as well keeps the call', () => {
    const resumed = [...working.slice(0, -1), user(result('3'), said('and now?'))];
    expect(kept(resumed, 0)).toBe(2);
  });

  test('the whole of a reply that the API paused', () => {
    const paused = [...working, model(said('searching')), model(said('found')), user(said('next'))];
    expect(kept(paused, tokensOf(paused.slice(-2)))).toBe(1);
    expect(kept(paused, tokensOf(paused.slice(-3)))).toBe(3);
  });

  test.each<[string, ConversationMessage[]]>([
    ['nothing was said yet', [user(said('task'))]],
    [
      'a prompt alone was answered by half a reply',
      [user(said('task')), model(used('A', {}, '1'))].slice(0, 1),
    ],
    ['there is one prompt behind another', [user(said('a')), user(said('b'))]],
  ])('there is nothing to summarise where %s', (_name, messages) => {
    expect(splitOf(messages, ALL)).toBeUndefined();
  });
});

test('whatever was said: all of it is in one part or the other, and no call is parted from its answer', () => {
  const step = fc.oneof(
    fc.constant('prompt' as const),
    fc.constant('reply' as const),
    fc.integer({ min: 1, max: 3 }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.nat({ max: 400 }), (steps, tokens) => {
      const messages: ConversationMessage[] = [user(said('task'))];
      for (const [n, kind] of steps.entries()) {
        if (kind === 'prompt') messages.push(user(said(`prompt ${n}`)));
        else if (kind === 'reply') messages.push(model(said(`reply ${n}`)));
        else {
          const ids = Array.from({ length: kind }, (_, i) => `${n}-${i}`);
          messages.push(model(...ids.map((id) => used('A', {}, id))), user(...ids.map(result)));
        }
      }
      const split = splitOf(messages, tokens);
      if (split === undefined) return;
      expect([...split.summarised, ...split.kept]).toEqual(messages);
      expect(split.summarised.some(({ role }) => role === 'assistant')).toBe(true);
      const calls = split.kept.flatMap(({ content }) => content.filter(({ type }) => type === 'tool_use'));
      const answers = split.kept.flatMap(({ content }) =>
        content.filter(({ type }) => type === 'tool_result'),
      );
      expect(answers.map((block) => block['tool_use_id'])).toEqual(calls.map((block) => block['id']));
      if (messages.at(-1)?.content[0]?.type === 'text' && messages.at(-1)?.role === 'user') {
        expect(split.kept.at(-1)).toBe(messages.at(-1));
      }
    }),
  );
});

test('an image is as many tokens as the API counts, not as many as its bytes', () => {
  const source = { type: 'base64', media_type: 'image/png', data: 'x'.repeat(1_000_000) };
  expect(tokensOf([user({ type: 'image', source })])).toBeLessThan(2000);
});
