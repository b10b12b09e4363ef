/**
 * Reads a command line the way the real program does, error texts included. Our own, because a general parser costs 50 ms
 * at every start and this program is started by the hundred (docs/decisions/0003-print-flags.md).
 */
import { FLAGS, type Flag } from './flag-table.ts';
import { titleOf } from './flag-title.ts';
import { IGNORED_FLAGS } from './ignored-flags.ts';
import { nearestFlags } from './nearest-flags.ts';

export type CommandLine =
  | {
      readonly kind: 'ok';
      /** Positional arguments; the first is the prompt. */
      readonly words: readonly string[];
      /** By first name. A switch holds no value, a list all of them; of a value given twice the last counts. */
      readonly given: ReadonlyMap<string, readonly string[]>;
    }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  | { readonly kind: 'error'; readonly message: string };

const KNOWN: readonly Flag[] = [...FLAGS, ...IGNORED_FLAGS];

export function parseFlags(argv: readonly string[]): CommandLine {
  return new FlagParser(argv).parse();
}

class FlagParser {
  readonly #rest: string[];
  readonly #words: string[] = [];
  readonly #given = new Map<string, string[]>();
  /** Kept back: `--version` and `--help` are answered whatever else is wrong. */
  #unknown: string | undefined;

  constructor(argv: readonly string[]) {
    this.#rest = [...argv];
  }

  parse(): CommandLine {
    for (let word = this.#rest.shift(); word !== undefined; word = this.#rest.shift()) {
      if (word === '--') {
        this.#words.push(...this.#rest.splice(0));
      } else if (isFlag(word)) {
        const end = this.#flag(word);
        if (end !== undefined) return end;
      } else {
        this.#words.push(word);
      }
    }
    if (this.#unknown !== undefined) return { kind: 'error', message: unknownOption(this.#unknown) };
    return { kind: 'ok', words: this.#words, given: this.#given };
  }

  #flag(word: string): CommandLine | undefined {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const flag = KNOWN.find(({ names }) => names.includes(name));
    if (flag === undefined) return this.#shortFlags(word);
    if (flag.kind === 'switch') return this.#switch(flag, equals < 0 ? undefined : word);
    const inline = equals < 0 ? undefined : word.slice(equals + 1);
    const values = inline === undefined ? this.#following(flag) : [inline];
    return this.#keep(flag, values);
  }

  /** `-pv` is `-p -v`, and `-rID` is `-r ID`. */
  #shortFlags(word: string): CommandLine | undefined {
    const flag = KNOWN.find(({ names }) => names.includes(word.slice(0, 2)));
    if (!/^-\w\w/.test(word) || flag === undefined) {
      this.#unknown ??= word;
      return undefined;
    }
    if (flag.kind !== 'switch') return this.#keep(flag, [word.slice(2)]);
    this.#rest.unshift(`-${word.slice(2)}`);
    return this.#switch(flag, undefined);
  }

  #switch(flag: Flag, withValue: string | undefined): CommandLine | undefined {
    const [name] = flag.names;
    if (withValue !== undefined) {
      this.#unknown ??= withValue;
      return undefined;
    }
    if (name === '--version' || name === '--help') return { kind: name === '--help' ? 'help' : 'version' };
    this.#given.set(name, []);
    return undefined;
  }

  /** The first argument is taken whatever it looks like; a list then goes on to the next flag. */
  #following({ kind }: Flag): string[] {
    if (kind === 'optional') {
      const [next] = this.#rest;
      return next === undefined || isFlag(next) ? [] : this.#rest.splice(0, 1);
    }
    const values = this.#rest.splice(0, 1);
    while (kind === 'list' && this.#rest[0] !== undefined && !isFlag(this.#rest[0])) {
      values.push(...this.#rest.splice(0, 1));
    }
    return values;
  }

  #keep(flag: Flag, values: readonly string[]): CommandLine | undefined {
    const problem = flag.kind === 'optional' ? undefined : problemWith(flag, values);
    if (problem !== undefined) return { kind: 'error', message: problem };
    const [name] = flag.names;
    const before = flag.kind === 'list' ? (this.#given.get(name) ?? []) : [];
    this.#given.set(name, [...before, ...values]);
    return undefined;
  }
}

/** `-` alone is a word; `--` is dealt with before. */
function isFlag(word: string): boolean {
  return word.length > 1 && word.startsWith('-');
}

function problemWith(flag: Flag, values: readonly string[]): string | undefined {
  const [value] = values;
  if (value === undefined) return `error: option '${titleOf(flag)}' argument missing`;
  const { choices, quietChoices = [] } = flag;
  if (choices === undefined || choices.includes(value)) return undefined;
  return `${invalidArgument(flag, value)} Allowed choices are ${choices.filter((choice) => !quietChoices.includes(choice)).join(', ')}.`;
}

export function invalidArgument(flag: Flag, value: string): string {
  return `error: option '${titleOf(flag)}' argument '${value}' is invalid.`;
}

function unknownOption(word: string): string {
  const near = nearestFlags(word.replace(/=.*$/s, ''));
  const hint =
    near.length === 0 ? '' : `\n(Did you mean ${near.length === 1 ? '' : 'one of '}${near.join(', ')}?)`;
  return `error: unknown option '${word}'${hint}`;
}
