/** A command line that cannot be carried out, in our words: yargs' own phrases quote little and advise nothing. */
import { UserError } from '../../core/exit.ts';
import { nearestNames } from '../../print/flags/nearest-names.ts';

const ONE_RUN = 'one RUN: its id, the beginning of one, or --last';
const CALLS_OF_A_RUN = 'a RUN or --last, and the numbers of its CALLs';

/** What each command takes besides flags. */
const COMMANDS: Readonly<Record<string, { readonly takes: string; readonly surplus?: string }>> = {
  run: {
    takes: 'one FILE: the path of a workflow script, or the name of a saved one; and perhaps one TEXT for it',
    surplus: 'quote the TEXT; values for the script go into --args JSON, or --arg name=value',
  },
  map: {
    takes: "one TEMPLATE: the prompt of each item, as in 'Review {} for bugs'",
    surplus: 'quote the whole of it; what it is asked of comes on stdin',
  },
  resume: { takes: ONE_RUN },
  exec: {
    takes: 'its flags, then `--` and the command',
    surplus: 'the command stands behind `--`, as in: andwait exec -- make -j8',
  },
  list: { takes: 'flags only' },
  status: { takes: `at most ${ONE_RUN}` },
  watch: { takes: `at most ${ONE_RUN}` },
  result: { takes: `${ONE_RUN}; \`andwait list\` shows them` },
  logs: { takes: 'a RUN or --last, and perhaps the number of a CALL; `andwait list` shows the runs' },
  report: { takes: `at most ${ONE_RUN}` },
  stop: { takes: ONE_RUN },
  pause: { takes: ONE_RUN },
  continue: { takes: ONE_RUN },
  skip: { takes: CALLS_OF_A_RUN },
  retry: { takes: CALLS_OF_A_RUN },
  sessions: { takes: 'folders of session logs, or single files, and flags' },
  validate: { takes: 'one FILE: the path of a workflow script' },
  new: {
    takes: "one TASK: what the script is to do, as in 'review every changed file for bugs'",
    surplus: 'quote the whole of it',
  },
  explain: { takes: 'one FILE: the path of a workflow script, or the name of a saved one' },
  docs: { takes: 'at most one NAME, of a guide or a workflow; `andwait docs` shows them' },
  save: {
    takes: 'one RUN, FILE or /NAME: what to save',
    surplus: 'another name goes into --name',
  },
  completion: { takes: 'at most one SHELL: bash, zsh or fish' },
  shellenv: { takes: 'at most one SHELL: sh, fish, cron or github' },
  doctor: { takes: 'flags only' },
  pool: { takes: 'one ACTION: status, serve, stop, set, pause or continue' },
  worker: { takes: 'flags only' },
  gc: { takes: 'flags only' },
};

export const NO_COMMAND = `say what to do: ${listed(Object.keys(COMMANDS))}`;

interface FaultyLine {
  readonly argv: readonly string[];
  /** Names of the flags there are, without dashes. */
  readonly flags: readonly string[];
}

type Wording = (line: FaultyLine, found: RegExpExecArray) => string;

/** yargs tells its faults apart by their English phrases alone. */
const PHRASES: readonly (readonly [RegExp, Wording])[] = [
  [/^Unknown commands?: (.*)$/s, (line, [, words = '']) => unknownWords(line, words)],
  [/^Unknown arguments?: ([^,]*)/, (line, [, name = '']) => unknownFlag(line, name)],
  [/^Not enough non-option arguments/, (line) => missingWord(line)],
  [/^Not enough arguments following: (.*)$/s, (_line, [, name = '']) => missingValue(dashed(name))],
  [/^Invalid values:/, (line, { input }) => badChoices(line, input)],
];

/** `flags`: the names there are, without dashes. */
export function usageFault(phrase: string, argv: readonly string[], flags: readonly string[]): UserError {
  const line = { argv, flags };
  for (const [pattern, wording] of PHRASES) {
    const found = pattern.exec(phrase);
    if (found) return new UserError(`${wording(line, found)}${seeHelp(argv)}`);
  }
  return new UserError(`${phrase}${seeHelp(argv)}`);
}

type ParsedLine = { readonly [name: string]: unknown; readonly _: readonly (string | number)[] };

/** What yargs lets pass: a switch with a value, which it would take for false, and words after `--`. */
export function refuseOddities(parsed: ParsedLine, argv: readonly string[]): void {
  const [command, ...words] = parsed._;
  if (words.length > 0) throw new UserError(`${surplus(String(command), words.join(' '))}${seeHelp(argv)}`);
  for (const word of flagWords(argv)) {
    const [, flag = '', name = '', value = ''] = /^(--?([^=]+))=(.*)$/s.exec(word) ?? [];
    if (typeof parsed[name] !== 'boolean') continue;
    throw new UserError(`${flag} is a switch and takes no value; received ${JSON.stringify(value)}`);
  }
}

function unknownWords({ argv }: FaultyLine, words: string): string {
  const command = commandOf(argv);
  if (command !== undefined) return surplus(command, words);
  // The first word is the command; what follows it would be its own.
  const [wanted = ''] = words.split(', ');
  const near = nearestNames(wanted, Object.keys(COMMANDS)).map((name) => `\`andwait ${name}\``);
  const isFile = /[./]/.test(wanted);
  const meant = isFile ? [`\`andwait run ${wanted}\``] : near;
  return `unknown command ${JSON.stringify(wanted)}${meant.length > 0 ? didYouMean(meant) : `; ${NO_COMMAND}`}`;
}

function surplus(command: string, words: string): string {
  const { takes = 'fewer words', surplus: advice } = COMMANDS[command] ?? {};
  return `too many words: ${JSON.stringify(words)}; ${command} takes ${takes}${advice === undefined ? '' : `; ${advice}`}`;
}

function unknownFlag({ argv, flags }: FaultyLine, name: string): string {
  const typed =
    flagWords(argv)
      .find((word) => nameOf(word) === name)
      ?.replace(/=.*$/s, '') ?? dashed(name);
  const begun = name.length > 2 ? flags.filter((flag) => flag.startsWith(name)) : [];
  const near = begun.length > 0 ? begun : nearestNames(name, flags);
  return `unknown flag ${typed}${didYouMean(near.filter((flag) => flag.length > 1).map(dashed))}`;
}

function missingWord({ argv }: FaultyLine): string {
  const command = commandOf(argv) ?? '';
  return `${command} needs ${COMMANDS[command]?.takes ?? 'more words'}`;
}

function missingValue(flag: string): string {
  return `${flag} stands without its value; one that begins with a dash is written ${flag}=VALUE`;
}

function badChoices({ argv }: FaultyLine, phrase: string): string {
  const faults = [...phrase.matchAll(/Argument: (\S+), Given: (.*), Choices: (.*)/g)];
  // What takes no flag is the command's own word, as in `shellenv sh`.
  const isFlag = (name: string): boolean => flagWords(argv).some((word) => nameOf(word) === name);
  return faults
    .map(([, name = '', given = '', choices = '']) => {
      const expected = choices.split(', ').map((choice) => choice.replaceAll('"', ''));
      return `${isFlag(name) ? dashed(name) : (commandOf(argv) ?? name)} ${given}: expected ${listed(expected)}`;
    })
    .join('\n  ');
}

function didYouMean(meant: readonly string[]): string {
  return meant.length === 0 ? '' : ` (did you mean ${listed(meant)}?)`;
}

function seeHelp(argv: readonly string[]): string {
  const command = commandOf(argv);
  return `; \`andwait ${command === undefined ? '' : `${command} `}--help\` says more`;
}

function commandOf([first]: readonly string[]): string | undefined {
  return first !== undefined && Object.hasOwn(COMMANDS, first) ? first : undefined;
}

/** The words that are flags, not values: yargs takes no word with a dash for a value, but negative numbers and `-` alone. */
function flagWords(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).filter((word) => /^-[^\d]/.test(word));
}

function nameOf(word: string): string {
  return word.replace(/^--?/, '').replace(/=.*$/s, '');
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** `a, b or c`. */
function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
