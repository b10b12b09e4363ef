/** A command line that cannot be carried out, in our words: yargs' own phrases quote little and advise nothing. */
import { UserError } from '../core/exit.ts';
import { nearestNames } from '../print/flags/nearest-names.ts';

/** What each command takes besides flags. */
const COMMANDS: Readonly<Record<string, { readonly takes: string; readonly surplus?: string }>> = {
  run: {
    takes: 'one FILE: the path of a workflow script, or the name of a saved one',
    surplus: 'values for the script go into --args JSON, or --arg name=value',
  },
  resume: { takes: 'one RUN: its id, the beginning of one, or --last' },
  list: { takes: 'flags only' },
  result: { takes: 'one RUN: its id, or the beginning of one; `andwait list` shows them' },
  logs: { takes: 'a RUN, and perhaps the number of a CALL; `andwait list` shows the runs' },
  validate: { takes: 'one FILE: the path of a workflow script' },
  gc: { takes: 'flags only' },
};

export const NO_COMMAND = `say what to do: ${listed(Object.keys(COMMANDS), 'or')}`;

export interface FaultyLine {
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
  [/^Invalid values:/, (_line, { input }) => badChoices(input)],
];

export function usageFault(phrase: string, line: FaultyLine): UserError {
  for (const [pattern, wording] of PHRASES) {
    const found = pattern.exec(phrase);
    if (found) return new UserError(`${wording(line, found)}${seeHelp(line)}`);
  }
  return new UserError(`${phrase}${seeHelp(line)}`);
}

/** What yargs lets pass: a switch with a value, which it would take for false, and words after `--`. */
export function refuseOddities(parsed: Readonly<Record<string, unknown>>, line: FaultyLine): void {
  const [command, ...words] = parsed['_'] as readonly unknown[];
  if (words.length > 0) throw new UserError(`${surplus(String(command), words.join(' '))}${seeHelp(line)}`);
  for (const word of flagWords(line.argv)) {
    const [, flag = '', name = '', value = ''] = /^(--?([^=]+))=(.*)$/s.exec(word) ?? [];
    if (typeof parsed[name] !== 'boolean') continue;
    throw new UserError(`${flag} is a switch and takes no value; received ${JSON.stringify(value)}`);
  }
}

function unknownWords({ argv }: FaultyLine, words: string): string {
  const command = commandOf(argv);
  if (command !== undefined) return surplus(command, words);
  const near = nearestNames(words, Object.keys(COMMANDS)).map((name) => `\`andwait ${name}\``);
  const isFile = /[./]/.test(words);
  const meant = isFile ? [`\`andwait run ${words}\``] : near;
  return `unknown command ${JSON.stringify(words)}; ${meant.length > 0 ? didYouMean(meant) : NO_COMMAND}`;
}

function surplus(command: string, words: string): string {
  const { takes = 'fewer words', surplus: advice } = COMMANDS[command] ?? {};
  return `too many words: ${JSON.stringify(words)}; andwait ${command} takes ${takes}${advice === undefined ? '' : `; ${advice}`}`;
}

function unknownFlag({ argv, flags }: FaultyLine, name: string): string {
  const typed = flagWords(argv).find((word) => nameOf(word) === name)?.replace(/=.*$/s, '') ?? dashed(name);
  const begun = name.length > 2 ? flags.filter((flag) => flag.startsWith(name)) : [];
  const near = begun.length > 0 ? begun : nearestNames(name, flags);
  const meant = near.filter((flag) => flag.length > 1).map(dashed);
  return `unknown flag ${typed}${meant.length > 0 ? `; ${didYouMean(meant)}` : ''}`;
}

function missingWord({ argv }: FaultyLine): string {
  const command = commandOf(argv) ?? '';
  return `andwait ${command} needs ${COMMANDS[command]?.takes ?? 'more words'}`;
}

function missingValue(flag: string): string {
  return `${flag} stands without its value; one that begins with a dash is written ${flag}=VALUE`;
}

function badChoices(phrase: string): string {
  const faults = [...phrase.matchAll(/Argument: (\S+), Given: (.*), Choices: (.*)/g)];
  return faults
    .map(([, name = '', given = '', choices = '']) => {
      const expected = choices.split(', ').map((choice) => choice.replaceAll('"', ''));
      return `${dashed(name)} ${given}: expected ${listed(expected, 'or')}`;
    })
    .join('\n  ');
}

function didYouMean(meant: readonly string[]): string {
  return `did you mean ${listed(meant, 'or')}?`;
}

function seeHelp({ argv }: FaultyLine): string {
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
function listed(words: readonly string[], joint: 'or'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${joint} ${last}`;
}
