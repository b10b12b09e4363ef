/** Commands that change files which they name: treated as edits of these, so that accepting edits accepts them too. */
import { baseName } from './launched-command.ts';
import { type ShellWord, UNKNOWN_WORD } from './shell-word.ts';

export interface Editing {
  readonly writes: readonly ShellWord[];
  /** Read as well, and put somewhere else. */
  readonly moves: boolean;
  /** Every option is known: with others it is a matter for a rule. */
  readonly isPlain: boolean;
}

/** Letters and long options that name no file and leave links alone. */
const EDITING: Readonly<Record<string, { readonly letters: string; readonly long: string }>> = {
  mkdir: { letters: 'pv', long: 'parents verbose' },
  touch: { letters: 'acm', long: 'no-create' },
  rm: { letters: 'rRfivdI', long: 'recursive force verbose dir' },
  rmdir: { letters: 'pv', long: 'parents verbose' },
  cp: { letters: 'fnvipu', long: 'force no-clobber verbose update' },
  mv: { letters: 'fnviu', long: 'force no-clobber verbose update' },
};

/** Others that write what they name: never silently into protected files, whatever a rule says. */
const WRITERS: ReadonlySet<string> = new Set(
  'tee ln install chmod chown chgrp truncate rsync dd shred unlink mkfifo mknod patch sponge split csplit tar unzip'.split(
    ' ',
  ),
);

/** `undefined`: it is not known to write what it names. */
export function editingOf(words: readonly ShellWord[]): Editing | undefined {
  const [name, ...args] = words;
  const program = baseName(name?.text ?? '');
  const known = Object.hasOwn(EDITING, program) ? EDITING[program] : undefined;
  if (known === undefined && !WRITERS.has(program)) return undefined;
  const options = args.filter(({ text }) => text !== undefined && text.length > 1 && text.startsWith('-'));
  const isListed = ({ text }: ShellWord): boolean => {
    if (known === undefined || text === undefined) return false;
    if (text === '--') return true;
    if (text.startsWith('--')) return known.long.split(' ').includes(text.slice(2));
    return [...text.slice(1)].every((letter) => known.letters.includes(letter));
  };
  const moves = program === 'mv' || program === 'cp';
  const named = args.filter((word) => !options.includes(word) || hasPath(word)).map(operand);
  return {
    writes: moves ? [...named, ...landings(named)] : named,
    moves,
    isPlain: known !== undefined && name?.text === program && options.every(isListed),
  };
}

/** Where things come to lie if the last word is a folder: what is there already may be a link. */
function landings(named: readonly ShellWord[]): ShellWord[] {
  const folder = named.at(-1);
  return named.slice(0, -1).map((word) => {
    if (word.text === undefined || folder?.text === undefined) return UNKNOWN_WORD;
    const last = word.text.replace(/\/+$/, '');
    return { ...folder, text: `${folder.text}/${baseName(last)}` };
  });
}

function hasPath({ text }: ShellWord): boolean {
  return text?.includes('/') === true || text?.includes('=') === true;
}

/** `of=x` and `--target-directory=x` name a file behind the sign. */
function operand(word: ShellWord): ShellWord {
  const behind = /^(?:--?)?[a-z-]+=(.+)$/s.exec(word.text ?? '')?.[1];
  return behind === undefined ? word : { ...word, text: behind };
}
