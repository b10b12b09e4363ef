import { expect, test } from 'vitest';
import type { ConversationMessage } from '../../../../src/print/api/model.ts';
import { runsTold } from '../../../../src/print/workflows/runs-told.ts';
import { said, used } from '../fake-model.ts';

const report = (n: number, last: string): string =>
  [
    `Workflow "w${n}" completed.`,
    `Run ID: run-${n}`,
    `Script: /s/w${n}.js`,
    'Agents: 1 done; 5 tokens in',
    'Log:',
    '  Run ID: of another',
    last,
    'To change it: edit the script',
  ].join('\n');

function called(n: number, answer: string, name = 'Workflow'): ConversationMessage[] {
  const id = `toolu_${n}`;
  return [
    { role: 'assistant', content: [said('look'), used(name, {}, id)] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: answer }] },
  ];
}

const HEAD = 'Workflows that were run before the cut, as Workflow reported them:';
const brief = (n: number, last: string): string =>
  `Workflow "w${n}" completed.\nRun ID: run-${n}\nScript: /s/w${n}.js\n${last}`;

test('what leads back to each run is kept, and how it ended', () => {
  const messages = [
    ...called(1, report(1, 'Result: {"a":1}')),
    ...called(2, report(2, `Result (also in /s/r.json): "${'x'.repeat(5000)}"`)),
    ...called(3, report(3, 'Error: boom\n    at line 3')),
  ];
  const told = runsTold(messages)?.split('\n\n') ?? [];
  expect(told.slice(0, 2)).toEqual([HEAD, brief(1, 'Result: {"a":1}')]);
  expect(told[2]).toMatch(/^Workflow "w2" completed\.[\s\S]*\nResult \(also in \/s\/r\.json\): "x{100}/);
  expect(told[2]?.length).toBeLessThan(1200);
  expect(told[3]).toBe(brief(3, 'Error: boom'));
});

test('that of a run which was cut off, too', () => {
  const answer = 'The run was cut off: disk. go on with resumeFromRunId "run-7".';
  expect(runsTold(called(1, answer))).toBe(`${HEAD}\n\n${answer}`);
});

test('through a second cut', () => {
  const before = runsTold(called(1, report(1, 'Result: 1'))) ?? '';
  const messages: ConversationMessage[] = [
    { role: 'user', content: [said('This conversation was too long'), said(before)] },
    ...called(2, report(2, 'Result: 2')),
  ];
  expect(runsTold(messages)).toBe([HEAD, brief(1, 'Result: 1'), brief(2, 'Result: 2')].join('\n\n'));
});

test.each<[string, ConversationMessage[]]>([
  ['no workflow was run', called(1, 'files', 'Bash')],
  ['another tool says so', called(1, report(1, 'Result: 1'), 'Bash')],
  ['it was refused', called(1, '<tool_use_error>The workflow was not run: no</tool_use_error>')],
])('nothing is told where %s', (_name, messages) => {
  expect(runsTold(messages)).toBeUndefined();
});
