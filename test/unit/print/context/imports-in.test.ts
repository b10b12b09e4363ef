/** An `@path` is an import in prose, and nothing in code. */
import { expect, test } from 'vitest';
import { importsIn } from '../../../../src/print/context/imports-in.ts';

test.each([
  ['see @a.md and @./b/c.md.', ['a.md', './b/c.md']],
  ['@~/.claude/mine.md', ['~/.claude/mine.md']],
  ['@my\\ file.md', ['my file.md']],
  ['(@a.md) is no word of its own', []],
  ['write to me@example.org', []],
  ['`@a.md` and ``@b.md``', []],
  ['```\n@a.md\n```\n@b.md', ['b.md']],
  ['~~~\n@a.md', []],
  ['<!-- @a.md --> @b.md', ['b.md']],
  ['@a.md @a.md', ['a.md']],
  ['@', []],
])('%j', (text, names) => {
  expect(importsIn(text)).toEqual(names);
});
