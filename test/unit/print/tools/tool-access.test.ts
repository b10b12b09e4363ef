import { expect, test } from 'vitest';
import { absentTool } from '../../../../src/print/tools/tool-access.ts';

test.each<[string, string, readonly string[], RegExp]>([
  ['a tool nobody knows', 'Nope', [], /^Error: No such tool available: Nope$/],
  ['a known tool', 'Task', [], /has no Task tool/],
  ['a tool that was taken away', 'Bash', ['Bash'], /Bash is disabled for this session/],
  [
    'a tool of the API that nobody permitted',
    'WebSearch',
    [],
    /WebSearch is offered only where a permission rule/,
  ],
])('%s', (_name, tool, disabled, message) => {
  expect(absentTool(tool, (name) => disabled.includes(name))).toMatchObject({
    isError: true,
    forPrograms: expect.stringMatching(message),
  });
});
