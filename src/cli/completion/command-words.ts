/**
 * What a command line of ours may hold, taken from the definitions that parse it: nothing is said twice, and what is not
 * defined is not offered. yargs' own completion would parse the half-typed line, and quotes nothing for the shell.
 */
import type { Argv } from 'yargs';

export interface FlagWords {
  /** Without dashes; those of one letter too. */
  readonly names: readonly string[];
  readonly about: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  readonly isRepeatable: boolean;
}

export interface CommandWords {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly FlagWords[];
  /** The words besides flags, in order. The last may stand for many. */
  readonly words: readonly { readonly name: string; readonly choices: readonly string[] }[];
}

/** `define` is what defines the real command line. */
export function commandWords(define: (commandLine: Argv) => unknown): readonly CommandWords[] {
  const commands: CommandWords[] = [];
  define(recorder({
    command: (usage: string, about: string, builder: (yargs: Argv) => unknown) => {
      commands.push(commandOf(usage, about, builder));
    },
  }));
  return commands;
}

interface Defined {
  readonly type?: string;
  readonly alias?: string;
  readonly choices?: readonly string[];
  readonly describe?: string;
  readonly array?: boolean;
  /** No flag of the command: there to say why not. */
  readonly hidden?: boolean;
}

function commandOf(usage: string, about: string, builder: (yargs: Argv) => unknown): CommandWords {
  const flags: FlagWords[] = [];
  const positionals = new Map<string, Defined>();
  builder(
    recorder({
      options: (all: Readonly<Record<string, Defined>>) => {
        const shown = Object.entries(all).filter(([, { hidden }]) => hidden !== true);
        flags.push(...shown.map(([name, defined]) => flagOf(name, defined)));
      },
      positional: (name: string, defined: Defined) => positionals.set(name, defined),
    }),
  );
  const [name = ''] = usage.split(' ');
  const words = [...usage.matchAll(/[<[](\w+)/g)].map(([, word = '']) => ({
    name: word,
    choices: positionals.get(word)?.choices ?? [],
  }));
  return { name, about, flags, words };
}

function flagOf(
  name: string,
  { type, alias, choices = [], describe = '', array = false }: Defined,
): FlagWords {
  return {
    names: alias === undefined ? [name] : [name, alias],
    about: describe,
    takesValue: type !== 'boolean',
    choices,
    isRepeatable: array,
  };
}

/** Answers any call with itself, and hands those that are asked for on. */
// biome-ignore lint/suspicious/noExplicitAny: each call has arguments of its own
function recorder(heard: Readonly<Record<string, (...args: any[]) => unknown>>): Argv {
  const listeners = new Map<string | symbol, (...args: readonly unknown[]) => unknown>(Object.entries(heard));
  const proxy: Argv = new Proxy({} as Argv, {
    get:
      (_target, property) =>
      (...args: readonly unknown[]) => {
        listeners.get(property)?.(...args);
        return proxy;
      },
  });
  return proxy;
}
