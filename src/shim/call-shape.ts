/** What can be told of a headless call by its arguments alone. They are read, never changed: the real program has the last word. */

export interface CallShape {
  readonly format: 'text' | 'json' | 'stream-json';
  /** An Agent SDK's: it talks to the program for as long as it likes, and nothing of it can be repeated. */
  readonly isSession: boolean;
  readonly model: string | undefined;
  /** For people. */
  readonly label: string;
}

const LABEL_CHARACTERS = 60;

export function shapeOf(argv: readonly string[]): CallShape {
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  const format = lastValue(flags, '--output-format');
  return {
    format: format === 'json' || format === 'stream-json' ? format : 'text',
    isSession: lastValue(flags, '--input-format') === 'stream-json',
    model: lastValue(flags, '--model'),
    label: labelOf(argv, end),
  };
}

/** `--flag value` or `--flag=value`; the last one counts. */
function lastValue(flags: readonly string[], name: string): string | undefined {
  const at = flags.findLastIndex((word) => word === name || word.startsWith(`${name}=`));
  const word = flags[at];
  return word === name ? flags[at + 1] : word?.slice(name.length + 1);
}

/** The prompt where it can be found without knowing every flag, else the whole line. */
function labelOf(argv: readonly string[], end: number): string {
  const afterPrint = argv[argv.findIndex((word) => word === '-p' || word === '--print') + 1];
  const last = argv.at(-1);
  const prompt = [end === -1 ? undefined : argv[end + 1], afterPrint, argv[0], spaced(last)].find(isText);
  const text = prompt ?? ['claude', ...argv].join(' ');
  return Array.from(text.slice(0, 2 * LABEL_CHARACTERS))
    .slice(0, LABEL_CHARACTERS)
    .join('')
    .replace(/[\r\n]+/g, ' ');
}

function isText(word: string | undefined): word is string {
  return word !== undefined && word.trim() !== '' && !word.startsWith('-');
}

/** A last word with a space in it is hardly the value of a flag. */
function spaced(word: string | undefined): string | undefined {
  return word?.includes(' ') ? word : undefined;
}
