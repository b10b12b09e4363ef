/**
 * What the Markdown shows of files and of the program, found by the comment above each block, and how a transcript is typed anew.
 *
 * `<!-- recipe: recipes/x.sh -->` above a fenced block: the block is that file, to the last byte.
 * `<!-- transcript: name -->` above a `console` block: what a terminal shows. A line that begins with `$ ` is a command, lines
 * after it that begin with `> ` go on with it, the rest is what it printed, on both streams. Between two commands one line is
 * empty. A line `…` stands for any number of lines. All transcripts of a document are one session, from top to bottom. An id
 * of a run in a command is the last one that was printed.
 * `<!-- file: name -->` above a block: what the reader is asked to put into that file, there in the session.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'tinyglobby';

export const ROOT = path.resolve(import.meta.dirname, '../../..');

export interface ShownBlock {
  readonly kind: 'recipe' | 'transcript' | 'file';
  /** Of a recipe the file, from the root of the repository; of a file the one in the reader's folder. */
  readonly name: string;
  readonly text: string;
}

/** Every document of ours, from the root of the repository, sorted. */
export function documents(): string[] {
  return globSync(['README.md', 'docs/**/*.md', 'workflows/*/README.md'], { cwd: ROOT }).sort();
}

export const RUN_ID = '[0-9]{8}-[0-9]{6}-[0-9a-z]+';
const MARKER = /^<!-- (recipe|transcript|file): (.*?) -->$/gm;
const BLOCK = /^<!-- (recipe|transcript|file): (\S+) -->\n(`{3,})(\w+)\n([\s\S]*?)^\3$/gm;

/** In their order. Throws where a comment has no block right below it: what it promises would be compared with nothing. */
export function shownBlocks(markdown: string): ShownBlock[] {
  const blocks = [...markdown.matchAll(BLOCK)];
  const found = new Set(blocks.map(({ index }) => index));
  for (const { index, 0: marker } of markdown.matchAll(MARKER)) {
    if (!found.has(index)) throw new Error(`no fenced block right below ${marker}`);
  }
  return blocks.map(([, kind, name = '', , language, text = '']) => {
    if (kind === 'recipe' || kind === 'file') return { kind, name, text };
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
  const shown = blocks.filter(({ kind }) => kind === 'transcript').map((block) => block.text);
  let isFirst = true;
  const typings = blocks.map(({ kind, name, text }) => {
    if (kind === 'file') return `printf %s ${quoted(text)} > ${quoted(name)}\n`;
    const commands = [...text.matchAll(/^\$ .*(?:\n> .*)*$/gm)].map(([typed]) => {
      const space = isFirst ? '' : 'echo\n';
      isFirst = false;
      const command = typed
        .slice(2)
        .replaceAll(/\n> /g, '\n')
        .replaceAll(new RegExp(RUN_ID, 'g'), '$last_run');
      const looked = command.includes('$last_run') ? LOOK_FOR_RUN : '';
      return `${looked}${space}printf '%s\\n' ${quoted(typed)}\nset_status\n${command}\nstatus=$?\n`;
    });
    return commands.join('');
  });
  return { script: `${OPENING}${typings.join('')}cat "$shown" >&3\nrm "$shown"\n`, text: shown.join('\n') };
}

/** What is shown goes through a file, in which the last id of a run is looked for; `$?` is that of the command before. */
const OPENING = `exec </dev/null 3>&1
shown=$(mktemp)
exec >"$shown" 2>&1
status=0
set_status() { return $status; }
`;
const LOOK_FOR_RUN = `last_run=$(grep -oE '${RUN_ID}' "$shown" | tail -n 1)\n`;

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
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
  return text
    .replaceAll(new RegExp(RUN_ID, 'g'), 'RUN')
    .replaceAll(/\b\d+\.\d+\.\d+\b/g, 'VERSION')
    .replaceAll(/\b(?:\d+h ?)?(?:\d+m ?)?\d+(?:\.\d)?s\b/g, 'TIME')
    .replaceAll(/"durationMs":\d+/g, '"durationMs":0');
}
