import { describe, expect, test } from 'vitest';
import { isMatched, readHooks, withoutCommands } from '../../../../src/print/hooks/hook-settings.ts';

const before = (...entries: object[]) => readHooks({ PreToolUse: entries as never });

test('commands before tools, each with its matcher and time', () => {
  const entries = [
    { matcher: 'Bash', hooks: [{ type: 'command', command: 'a' }] },
    { hooks: [{ type: 'command', command: 'b', timeout: 5 }] },
  ];
  expect(before(...entries)).toEqual({
    beforeTools: [
      { matcher: 'Bash', command: 'a', problem: '', timeoutMs: 60_000 },
      { matcher: '', command: 'b', problem: '', timeoutMs: 5000 },
    ],
    notRun: [],
  });
});

test.each<[string, object, string]>([
  ['of another type', { matcher: 'Bash', hooks: [{ type: 'prompt', prompt: 'safe?' }] }, 'type "prompt"'],
  ['without a command', { matcher: 'Bash', hooks: [{ type: 'command' }] }, 'cannot be read'],
  ['without a list', { matcher: 'Bash', hooks: 'x' }, 'cannot be read'],
])('one %s is held before its tools', (_name, entry, problem) => {
  expect(before(entry).beforeTools).toMatchObject([
    { matcher: 'Bash', command: undefined, problem: expect.stringContaining(problem) },
  ]);
});

test.each([['x'], [{ PreToolUse: 'x' }], [{ PreToolUse: ['x'] }]])(
  '%j: what guards nobody knows what stands before every tool',
  (value) => {
    expect(readHooks(value as never).beforeTools).toMatchObject([{ matcher: '', command: undefined }]);
  },
);

test('what is not run is named, save what only tells somebody', () => {
  const hooks = [{ hooks: [{ type: 'command', command: 'x' }] }];
  expect(readHooks({ Stop: hooks, UserPromptSubmit: hooks, Notification: hooks, PostToolUse: [] })).toEqual({
    beforeTools: [],
    notRun: ['Stop', 'UserPromptSubmit'],
  });
});

test('of a project that nobody has trusted, no command is left', () => {
  const hooks = before({ matcher: 'Bash', hooks: [{ type: 'command', command: 'evil' }] });
  expect(withoutCommands(hooks).beforeTools).toMatchObject([
    { matcher: 'Bash', command: undefined, problem: expect.stringContaining('nobody has trusted') },
  ]);
});

describe('a matcher', () => {
  test.each([
    ['', 'Bash', true],
    ['*', 'Bash', true],
    ['Bash', 'Bash', true],
    ['Bash', 'BashOutput', false],
    ['Edit|Write', 'Write', true],
    ['Edit, Write', 'Write', true],
    ['Edit|Write', 'Read', false],
    ['mcp__.*', 'mcp__a__b', true],
    ['mcp__.*', 'Read', false],
    ['(', 'Read', true],
  ])('%j stands before %s: %s', (matcher, tool, expected) => {
    expect(isMatched(matcher, tool)).toBe(expected);
  });
});
