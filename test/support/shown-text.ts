/**
 * What the Markdown shows of files and of the program, found by the comment above each block, and how a transcript is typed anew.
 *
 * `<!-- recipe: recipes/x.sh -->` above a fenced block: the block is that file, to the last byte.
 * `<!-- transcript: name -->` above a `console` block: what a terminal shows. A line that begins with `$ ` is a command, lines
 * after it that begin with `> ` go on with it, the rest is what it printed, on both streams. Between two commands one line is
 * empty. A line `…` stands for any number of lines. All transcripts of a document are one session, from top to bottom.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'tinyglobby';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface ShownBlock {
  readonly kind: 'recipe' | 'transcript';
  /** Of a recipe the file, from the root of the repository. */
  readonly name: string;
  readonly text: string;
}

/** Every document of ours, from the root of the repository, sorted. */
export function documents(): string[] {
  return globSync(['README.md', 'docs/**/*.md', 'workflows/*/README.md'], { cwd: ROOT }).sort();
}

const MARKER = /^<!-- (recipe|transcript): (.*?) -->$/gm;
const BLOCK = /^<!-- (recipe|transcript): (\S+) -->\n(`{3,})(\w+)\n([\s\S]*?)^\3$/gm;

/** In their order. Throws where a comment has no block right below it: what it promises would be compared with nothing. */
export function shownBlocks(markdown: string): ShownBlock[] {
  const blocks = [...markdown.matchAll(BLOCK)];
  const found = new Set(blocks.map(({ index }) => index));
  for (const { index, 0: marker } of markdown.matchAll(MARKER)) {
    if (!found.has(index)) throw new Error(`no fenced block right below ${marker}`);
  }
  return blocks.map(([, kind, name = '', , language, text = '']) => {
    if (kind === 'recipe') return { kind, name, text };
    if (language !== 'console') throw new Error(`transcript ${name} is a ${language} block, not console`);
    return { kind: 'transcript', name, text };
  });
}

export function readDocument(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8');
}

/** As a terminal would show them in one session; what they say of themselves is data, what they do is the document's own. */
export function transcriptOf(blocks: readonly ShownBlock[]): {
  readonly script: string;
  readonly text: string;
} {
  const text = blocks.map((block) => block.text).join('\n');
  const commands = [...text.matchAll(/^\$ .*(?:\n> .*)*$/gm)].map(([typed]) => typed);
  const typings = commands.map((typed, index) => {
    const echo = `printf '%s\\n' '${typed.replaceAll("'", "'\\''")}'`;
    return `${index === 0 ? '' : 'echo\n'}${echo}\n${typed.slice(2).replaceAll(/^> /gm, '')}\n`;
  });
  return { script: `exec 2>&1 </dev/null\n${typings.join('')}`, text };
}

/**
 * The two texts that are to be equal: what differs from run to run is the same in both, and what the shown one leaves out (`…`)
 * is left out of the printed one. `home` is the folder that readers have as `/home/you`.
 */
export function comparable(shown: string, printed: string, home: string): readonly [string, string] {
  const left = withoutChance(shown);
  const right = withoutChance(printed.replaceAll(home, '/home/you'));
  const pattern = left.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/^…\n/gm, '(?:.*\\n)*?');
  return new RegExp(`^${pattern}$`).test(right) ? [left, left] : [left, right];
}

function withoutChance(text: string): string {
  return text.replaceAll(/\d{8}-\d{6}-\w+/g, 'RUN').replaceAll(/\b\d+\.\ds/g, 'TIME');
}
