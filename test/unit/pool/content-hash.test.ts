import { expect, test } from 'vitest';
import { contentHash, type HashedContent, promptHash } from '../../../src/pool/content-hash.ts';

const PLAIN: HashedContent = {
  prompt: 'p',
  schema: undefined,
  model: undefined,
  effort: undefined,
  isolation: undefined,
  agentType: undefined,
  cwd: '',
};

test('the order of keys in a schema plays no part, at any depth', () => {
  const one = contentHash({
    ...PLAIN,
    schema: { type: 'object', properties: { a: { type: 'string', minLength: 1 } } },
  });
  const two = contentHash({
    ...PLAIN,
    schema: { properties: { a: { minLength: 1, type: 'string' } }, type: 'object' },
  });
  expect(one).toBe(two);
});

test('the order of items in a list does', () => {
  const one = contentHash({ ...PLAIN, schema: { enum: ['a', 'b'] } });
  expect(one).not.toBe(contentHash({ ...PLAIN, schema: { enum: ['b', 'a'] } }));
});

test.each<[string, Partial<HashedContent>]>([
  ['prompt', { prompt: 'q' }],
  ['schema', { schema: { type: 'object' } }],
  ['model', { model: 'haiku' }],
  ['effort', { effort: 'low' }],
  ['isolation', { isolation: 'worktree' }],
  ['agent type', { agentType: 'Explore' }],
  ['working directory', { cwd: 'sub' }],
])('another %s is another call', (_name, change) => {
  expect(contentHash({ ...PLAIN, ...change })).not.toBe(contentHash(PLAIN));
});

test('a prompt cannot be made to look like another prompt with a schema', () => {
  const schema = { type: 'object' };
  const forged = `p${JSON.stringify(schema).length}:${JSON.stringify(schema)}`;
  expect(contentHash({ ...PLAIN, prompt: forged })).not.toBe(contentHash({ ...PLAIN, schema }));
});

/** Pinned: a journal written by this version must be found again by every later one. */
test('the hash of a call is the same for ever', () => {
  expect(contentHash({ ...PLAIN, prompt: 'Grüße', schema: { type: 'object' }, model: 'haiku' })).toBe(
    '3eefddb53c3e8d36656282b87561097b',
  );
});

test.each(['\r\n', '\r', '\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'])(
  'prompts that differ in a line break alone are the same: %j',
  (lineBreak) => {
    expect(promptHash(`one${lineBreak}two`)).toBe(promptHash('one\ntwo'));
  },
);

test.each(['one two', ' one\ntwo', 'one\ntwo\n', 'one\n\ntwo'])('%j is another prompt', (prompt) => {
  expect(promptHash(prompt)).not.toBe(promptHash('one\ntwo'));
});

test('the hash of a prompt is the same for ever', () => {
  expect(promptHash('Grüße\r\nzwei')).toBe('5072f9fd291ebd5fa6896157b27a7420');
});
