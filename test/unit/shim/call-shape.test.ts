/** What a command line tells of its call. */
import { expect, test } from 'vitest';
import { shapeOf } from '../../../src/shim/call-shape.ts';

test.each([
  [['-p', 'x'], 'text', false],
  [['-p', '--output-format', 'json'], 'json', false],
  [['--output-format=stream-json', '-p'], 'stream-json', false],
  [['-p', '--output-format', 'json', '--output-format', 'text'], 'text', false],
  [['-p', '--output-format', 'xml'], 'text', false],
  [['-p', '--', '--output-format', 'json'], 'text', false],
  [['--output-format', 'stream-json', '--input-format', 'stream-json'], 'stream-json', true],
  [['--input-format=stream-json'], 'text', true],
  [['-p', '--output-format'], 'text', false],
  [[], 'text', false],
] as const)('%j: %s', (argv, format, isSession) => {
  expect(shapeOf(argv)).toMatchObject({ format, isSession });
});

test.each([
  [['-p', 'x', '--model', 'opus'], 'opus'],
  [['--model=haiku', '-p'], 'haiku'],
  [['-p', 'x'], undefined],
])('the model of %j', (argv, model) => {
  expect(shapeOf(argv).model).toBe(model);
});

test.each([
  [['-p', 'do it'], 'do it'],
  [['--model', 'opus', '-p', 'do\nit'], 'do it'],
  [['do it', '-p'], 'do it'],
  [['-p', '--verbose', '--', '-x'], 'claude -p --verbose -- -x'],
  [['-p', '--', 'do it'], 'do it'],
  [['-p', '--model', 'opus', 'do it'], 'do it'],
  [['-p', '--model', 'opus'], 'claude -p --model opus'],
  [['-p', ''], 'claude -p '],
  [['-p', '🦀'.repeat(70)], '🦀'.repeat(60)],
])('the label of %j', (argv, label) => {
  expect(shapeOf(argv).label).toBe(label);
});
