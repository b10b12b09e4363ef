/** What the documents show is what the files hold and what the program prints; and every recipe is shown. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RecipeProject } from '../support/documents/recipe-project.ts';
import {
  comparable,
  documents,
  ROOT,
  RUN_ID,
  readDocument,
  type ShownBlock,
  shownBlocks,
  transcriptOf,
} from '../support/documents/shown-text.ts';
import { suiteFolder, twoAtOnce } from '../support/programs/shell-project.ts';

const suite = suiteFolder();
/** A document is a session of dozens of programs, and waits for the other documents. */
const MINUTES = 180_000;
const shown = documents().map((name) => ({ name, blocks: shownBlocks(readDocument(name)) }));
const of = (kind: ShownBlock['kind'], blocks: readonly ShownBlock[]) =>
  blocks.filter((block) => block.kind === kind);

describe('files', () => {
  const files = shown.flatMap(({ name, blocks }) =>
    of('recipe', blocks).map((block) => [name, block.name, block.text] as const),
  );

  test.each(files)('%s shows %s as it stands', (_document, file, text) => {
    expect(text).toBe(readDocument(file));
  });

  test('every recipe is shown', () => {
    const entries = readdirSync(path.join(ROOT, 'recipes'), { recursive: true, withFileTypes: true });
    const recipes = entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
    const missing = new Set(recipes);
    for (const [, file] of files) missing.delete(file);
    expect([...missing]).toEqual([]);
  });
});

describe('links', () => {
  test.each(documents())('those of %s lead to files', (name) => {
    const links = [...readDocument(name).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(
      ([, target = '']) => path.join(path.dirname(name), target),
    );
    expect(links.filter((target) => !existsSync(path.join(ROOT, target)))).toEqual([]);
  });
});

describe('ids of runs', () => {
  test.each(shown)('$name types the one that was printed last, as its reader would', ({ blocks }) => {
    const { text } = transcriptOf(blocks);
    let last: string | undefined;
    for (const line of text.split('\n')) {
      const [id] = line.match(RUN_ID) ?? [];
      if (id !== undefined && line.startsWith('$ ')) expect(id).toBe(last);
      last = id ?? last;
    }
  });
});

describe('transcripts', () => {
  const sessions = shown
    .filter(({ blocks }) => of('transcript', blocks).length > 0)
    .map(({ name, blocks }) => [name, blocks.filter(({ kind }) => kind !== 'recipe')] as const);

  test.concurrent.each(sessions)(
    '%s, typed from top to bottom',
    async (_name, blocks) => {
      const project = new RecipeProject(suite);
      const { script, text } = transcriptOf(blocks);
      const { stdout } = await twoAtOnce.add(() => project.sh(script));
      const [left, right] = comparable(text, stdout, project.cwd);
      expect(right).toBe(left);
    },
    MINUTES,
  );
});

describe('the comparison itself', () => {
  const block = '<!-- recipe: recipes/x.md -->\n````md\na\n```\n````\n';

  test('a longer fence holds a shorter one', () => {
    expect(shownBlocks(block)).toEqual([{ kind: 'recipe', name: 'recipes/x.md', text: 'a\n```\n' }]);
  });

  test.each([
    ['a comment with nothing below', '<!-- recipe: recipes/x.md -->\n\n```md\na\n```\n'],
    ['a fence that is not closed', '<!-- recipe: recipes/x.md -->\n```md\na\n'],
    ['a transcript in another language', '<!-- transcript: x -->\n```sh\n$ a\n```\n'],
  ])('%s is an error', (_name, markdown) => {
    expect(() => shownBlocks(markdown)).toThrow(/x/);
  });

  test('types commands over several lines, in one session', async () => {
    const first = "$ a='it'\\''s'; cd /\n";
    const second = '$ printf \'%s\\n\' \\\n> "$a" "$PWD"\nit\'s\n/\n';
    const text = `${first}\n${second}`;
    const { script } = transcriptOf([{ kind: 'transcript', name: 'x', text }]);
    expect((await new RecipeProject(suite).sh(script)).stdout).toBe(text);
  });

  test('puts files where the reader would, and knows the last id that was printed', async () => {
    const { stdout } = await new RecipeProject(suite).sh(
      transcriptOf([
        { kind: 'file', name: 'x', text: "it's\n20261122-164824-a0wr\n" },
        { kind: 'transcript', name: 'x', text: '$ cat x; false\n$ echo $? 20990101-000000-abc\n' },
      ]).script,
    );
    expect(stdout).toBe(
      "$ cat x; false\nit's\n20261122-164824-a0wr\n\n$ echo $? 20990101-000000-abc\n1 20261122-164824-a0wr\n",
    );
  });

  test.each([
    ['the same', '$ a\nb\n', '$ a\nb\n', true],
    ['another line', '$ a\nb\n', '$ a\nc\n', false],
    ['lines left out', '$ a\n…\nd\n', '$ a\nb\nc\nd\n', true],
    ['none left out', '$ a\n…\nd\n', '$ a\nd\n', true],
    ['the end differs', '$ a\n…\nd\n', '$ a\nb\n', false],
    ['more than is shown', '$ a\nb\n', '$ a\nb\nc\n', false],
    ['another run', 'run 20261122-164824-a0wr, 0.5s\n', 'run 20270101-000000-zzzz, 1.0s\n', true],
    ['the home', '/home/you/x\n', '/tmp/p-1/x\n', true],
    ['signs of patterns', 'a.b (c)\n', 'aXb (c)\n', false],
  ])('%s', (_name, left, right, same) => {
    const [one, other] = comparable(left, right, '/tmp/p-1');
    expect(one === other).toBe(same);
  });
});
