/** What could stand at the cursor of a half-typed `andwait` line. */
import type { CommandWords, FlagWords } from './command-words.ts';

export interface Candidate {
  readonly value: string;
  /** For people; perhaps empty. */
  readonly about: string;
}

export interface Completion {
  /** Files could stand there too. */
  readonly files: boolean;
  readonly candidates: readonly Candidate[];
}

/** What is not in the definitions. */
export interface Sources {
  /** The values of a word or flag of a command, for one that is so far typed: `undefined` where nobody knows of any. */
  valuesOf(command: string, name: string, current: string): Promise<Completion | undefined>;
}

const NOTHING: Completion = { files: false, candidates: [] };
const FILES: Completion = { files: true, candidates: [] };
const EVERYWHERE: FlagWords = {
  names: ['help', 'h'],
  about: 'show this',
  takesValue: false,
  choices: [],
  isRepeatable: false,
};

/** `words`: those behind `andwait`, the last as far as it is typed. */
export async function complete(
  words: readonly string[],
  commands: readonly CommandWords[],
  sources: Sources,
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const [first, ...before] = words.slice(0, -1);
  if (first === undefined || first === 'help') return begunWith(current, commandNames(commands));
  const command = commands.find(({ name }) => name === first);
  if (command === undefined) return NOTHING;
  // What follows is another program's.
  if (before.includes('--')) return FILES;
  return begunWith(current, await inCommand(command, before, current, sources));
}

function begunWith(current: string, { files, candidates }: Completion): Completion {
  return { files, candidates: candidates.filter(({ value }) => value.startsWith(current)) };
}

function commandNames(commands: readonly CommandWords[]): Completion {
  return { files: false, candidates: commands.map(({ name, about }) => ({ value: name, about })) };
}

async function inCommand(
  command: CommandWords,
  before: readonly string[],
  current: string,
  sources: Sources,
): Promise<Completion> {
  const valued = (word: string | undefined): FlagWords | undefined => {
    const flag = word === undefined ? undefined : flagNamed(word, command);
    return flag?.takesValue === true ? flag : undefined;
  };
  const open = valued(before.at(-1));
  if (open !== undefined) return await valuesOfFlag(open, command, current, sources);
  const [, name, value = ''] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  const joined = valued(name);
  if (joined !== undefined) {
    const { files, candidates } = await valuesOfFlag(joined, command, value, sources);
    return { files, candidates: candidates.map((each) => ({ ...each, value: `${name}=${each.value}` })) };
  }
  if (current.startsWith('-')) return { files: false, candidates: flagCandidates(command, before) };
  const earlier = before.filter((word, at) => !word.startsWith('-') && valued(before[at - 1]) === undefined);
  const word = command.words[earlier.length];
  if (word === undefined) return NOTHING;
  if (word.choices.length > 0) return oneOf(word.choices);
  return (await sources.valuesOf(command.name, word.name, current)) ?? NOTHING;
}

async function valuesOfFlag(
  { names, choices }: FlagWords,
  command: CommandWords,
  current: string,
  sources: Sources,
): Promise<Completion> {
  if (choices.length > 0) return oneOf(choices);
  // Of most nobody knows whether they are paths.
  return (await sources.valuesOf(command.name, `--${names[0]}`, current)) ?? FILES;
}

/** Words that explain themselves, and nothing else. */
export function oneOf(values: readonly string[]): Completion {
  return { files: false, candidates: values.map((value) => ({ value, about: '' })) };
}

function flagNamed(word: string, { flags }: CommandWords): FlagWords | undefined {
  const name = /^--?([^=]+)$/.exec(word)?.[1];
  return name === undefined ? undefined : flags.find(({ names }) => names.includes(name));
}

/** Long ones; those that were given stand but once, unless they may be repeated. */
function flagCandidates(command: CommandWords, before: readonly string[]): Candidate[] {
  const given = new Set(before.map((word) => flagNamed(word.replace(/=.*$/s, ''), command)));
  return [...command.flags, EVERYWHERE]
    .filter((flag) => flag.isRepeatable || !given.has(flag))
    .map(({ names: [name = ''], about }) => ({ value: `--${name}`, about }));
}
