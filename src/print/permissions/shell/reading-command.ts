/** Whether a command only looks, and at which files: what only looks inside the working directories needs no permission. */
import {
  FIND_WORDS,
  GIT_LISTING,
  GIT_READING,
  READING_COMMANDS,
  type ReadingCommand,
} from './reading-command-table.ts';
import { knownWord, type ShellWord } from './shell-word.ts';

export interface Reading {
  readonly files: readonly ShellWord[];
  /** Goes through everything below them. */
  readonly isRecursive: boolean;
  readonly opensFolders?: boolean;
}

/** Whether its words are files, for all that can be told. */
export function readsFiles(name: string): boolean {
  const operands = Object.hasOwn(READING_COMMANDS, name) ? READING_COMMANDS[name]?.operands : undefined;
  return operands === 'files' || operands === 'pattern-and-files' || name === 'sed';
}

/** `undefined`: it may do more than look. */
export function readingOf(words: readonly ShellWord[]): Reading | undefined {
  const [name, ...args] = words;
  // A path may lead to any program of that name.
  if (name?.text === undefined || name.text.includes('/')) return undefined;
  if (name.text === 'find') return findReading(args);
  if (name.text === 'git') return gitReading(args);
  if (name.text === 'command') return args[0]?.text === '-v' ? { files: [], isRecursive: false } : undefined;
  const known = Object.hasOwn(READING_COMMANDS, name.text) ? READING_COMMANDS[name.text] : undefined;
  return known === undefined ? undefined : tableReading(known, args);
}

function tableReading(known: ReadingCommand, args: readonly ShellWord[]): Reading | undefined {
  if (known.letters === '*') return { files: [], isRecursive: false };
  const operands: ShellWord[] = [];
  let [isRecursive, optionsEnded, patternGiven] = [known.recursive === '*', false, false];
  for (const word of args) {
    const { text } = word;
    // What is only known later may turn out to be an option.
    if (text === undefined && !word.isGlob && !word.isStream) return undefined;
    if (text === undefined && OPTION_GLOB.test(word.raw)) continue;
    if (word.isGlob && !/^[\w./*]/.test(word.raw)) return undefined;
    if (known.readsWords === true && (word.isGlob || text?.startsWith('@') === true)) return undefined;
    if (optionsEnded || text === undefined || text === '-' || !text.startsWith('-')) {
      operands.push(word);
    } else if (text === '--') {
      optionsEnded = true;
    } else {
      if (!isListed(text, known)) return undefined;
      const letters = /^-[^-]/.test(text) ? text : '';
      patternGiven ||=
        known.operands === 'pattern-and-files' &&
        (letters.includes('e') || text.startsWith('--regexp') || text === '--files');
      isRecursive ||=
        text === '--recursive' || [...letters].some((c) => known.recursive?.includes(c) === true);
    }
  }
  if (known.operands === 'none' && operands.length > 0) return undefined;
  if (known.operands === 'format' && !operands.every(({ text }) => text?.startsWith('+') === true))
    return undefined;
  if (known.operands !== 'files' && known.operands !== 'pattern-and-files') return { files: [], isRecursive };
  const files = known.operands === 'pattern-and-files' && !patternGiven ? operands.slice(1) : operands;
  return {
    files: files.length === 0 && isRecursive ? [knownWord('.')] : files,
    isRecursive,
    opensFolders: known.opensFolders === true,
  };
}

/** `--include=*.ts` unquoted: whatever file that finds, it stays this option. */
const OPTION_GLOB = /^--(include|exclude|exclude-dir|glob)=/;

/** `-n5` and `-la` by their letters, `--lines=5` by its name, whole: no abbreviations. */
function isListed(text: string, { letters, long }: ReadingCommand): boolean {
  if (text.startsWith('--')) {
    const equals = text.indexOf('=');
    const option = text.slice(2, equals < 0 ? undefined : equals);
    return long.split(' ').includes(option);
  }
  // `-d,` and `-k2,2`: numbers, and one sign at the end.
  const flags = text
    .slice(1)
    .replace(/[\d,.]+/g, '')
    .replace(/[^A-Za-z/]$/, '');
  return /^[A-Za-z]*$/.test(flags) && [...flags].every((letter) => letters.includes(letter));
}

function findReading(args: readonly ShellWord[]): Reading | undefined {
  const files: ShellWord[] = [];
  let inExpression = false;
  for (const word of args) {
    const { text } = word;
    if (text === undefined) return undefined;
    if (text.startsWith('-')) {
      if (!FIND_WORDS.has(text) && !/^-\d+[a-zA-Z]?$/.test(text)) return undefined;
      inExpression ||= text !== '-P';
    } else if (text === '(' || text === '!') inExpression = true;
    else if (!inExpression) files.push(word);
    // `-newer FILE` looks at a file; of the rest nothing is harmed by being looked at as one.
    else if (text.includes('/') && /^[/~]|\.\./.test(text)) files.push(word);
  }
  return { files: files.length === 0 ? [knownWord('.')] : files, isRecursive: false };
}

function gitReading(args: readonly ShellWord[]): Reading | undefined {
  const [first, ...rest] = args[0]?.text === '--no-pager' || args[0]?.text === '-P' ? args.slice(1) : args;
  const subcommand = first?.text ?? '';
  const listing = Object.hasOwn(GIT_LISTING, subcommand) ? GIT_LISTING[subcommand] : undefined;
  const texts = rest.map(({ text }) => text);
  if (listing !== undefined) {
    const isListing = texts.every((text) => text !== undefined && listing.split(' ').includes(text));
    const isSafe = subcommand === 'stash' || subcommand === 'worktree' ? texts[0] === 'list' : true;
    return isListing && isSafe ? { files: [], isRecursive: false } : undefined;
  }
  const options = Object.hasOwn(GIT_READING, subcommand) ? GIT_READING[subcommand] : undefined;
  if (options === undefined || texts.includes(undefined)) return undefined;
  const isRead = texts.every((text) => text === '--' || !text?.startsWith('-') || isGitOption(text, options));
  const changes = subcommand === 'reflog' && texts.some((text) => /^(expire|delete|drop)$/.test(text ?? ''));
  if (!isRead || changes) return undefined;
  // Two files outside of the repository can be compared too.
  const operands = rest.filter(({ text }) => text?.startsWith('-') === false);
  return { files: [...operands, ...filesOfRevisions(operands)], isRecursive: subcommand === 'grep' };
}

/** `HEAD:src/x` is that file as it was. */
function filesOfRevisions(words: readonly ShellWord[]): ShellWord[] {
  return words.flatMap(({ text = '' }) => {
    const file = /^[^:]*:(?!\/)(.+)$/s.exec(text)?.[1];
    return file === undefined ? [] : [knownWord(file)];
  });
}

function isGitOption(text: string, options: string): boolean {
  const known = options.split(' ');
  if (/^-\d+$/.test(text)) return true;
  if (text.startsWith('--')) return known.includes(text.split('=')[0] ?? '');
  return known.includes(text) || (known.includes(text.slice(0, 2)) && /^-[nULSGMCu]/.test(text));
}
