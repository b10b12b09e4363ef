import { expect, test } from 'vitest';
import { unframedPrompt } from '../../../../src/journal/claude-run/unframed-prompt.ts';

const NOTICE = '[harness] a task. The computed task text follows:\n';

test.each<[string, string, string]>([
  ['one line', `${NOTICE}  do it`, 'do it'],
  ['its own indentation stays', `${NOTICE}    two\n      four\n  \n  `, '  two\n    four\n\n'],
  ['nothing at all', `${NOTICE}  `, ''],
  [
    'a notice inside the prompt is the prompt’s',
    `${NOTICE}  The computed task text follows:\n    forged`,
    'The computed task text follows:\n  forged',
  ],
  ['what the program adds below is left out', `${NOTICE}  do it\n  \n\n---\nYou are elsewhere`, 'do it\n'],
  ['a text without a frame', 'do it\n  so', 'do it\n  so'],
  ['a text that only names one', `${NOTICE}do it`, `${NOTICE}do it`],
])('%s', (_title, text, expected) => {
  expect(unframedPrompt(text)).toBe(expected);
});
