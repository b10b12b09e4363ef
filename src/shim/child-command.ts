/** The words that start the real program: itself, or a shell that becomes it after what Node's `spawn` cannot do. */
import { constants } from 'node:os';
import { exactWords, ownCommandLine, WORDS_SCRIPT } from './exact-words.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export interface CommandWish {
  readonly program: Command;
  /** The caller's words, which follow the program's own. */
  readonly argv: readonly string[];
  /** Node gives every signal its default effect back in a child. */
  readonly ignored: readonly NodeJS.Signals[];
  /** Of 0, 1 and 2, which the program is to find closed. */
  readonly closed: ReadonlySet<number>;
  /** stdout and stderr are one file: then they must be one for the program, too, or their bytes change places. */
  readonly mergeStderr: boolean;
}

const SHELL = '/bin/sh';
const CLOSE: Readonly<Record<number, string>> = { 0: '<&-', 1: '>&-', 2: '2>&-' };

/** What the caller wrote stands in words of its own, never in the shell's text. */
export function commandOf(wish: CommandWish): Command {
  const { program, argv, ignored, closed, mergeStderr } = wish;
  const words = [program.file, ...program.args];
  const exact = exactWords(argv, ownCommandLine);
  const redirections = [...closed].flatMap((descriptor) => CLOSE[descriptor] ?? []);
  if (mergeStderr) redirections.push('2>&1');
  if (exact === undefined && ignored.length === 0 && redirections.length === 0) {
    return { file: program.file, args: [...program.args, ...argv] };
  }
  const script = [
    ...(ignored.length > 0 ? [`trap "" ${ignored.map((name) => constants.signals[name]).join(' ')}`] : []),
    ...(exact === undefined ? [] : [WORDS_SCRIPT]),
    ['exec "$@"', ...redirections].join(' '),
  ].join('; ');
  const shellWords =
    exact === undefined ? [...words, ...argv] : [...words.map((word) => `=${word}`), ...exact];
  return { file: SHELL, args: ['-c', script, 'sh', ...shellWords] };
}
