/** The command lines of `stop`, `pause`, `continue`, `skip` and `retry`: which run, and which of its calls. */
import type { Argv } from 'yargs';
import { UserError } from '../../core/exit.ts';
import { LAST, RUN, type RunChoice } from '../reading/run-choice.ts';

export function defineRunSteering(yargs: Argv) {
  return yargs
    .positional('run', RUN)
    .options({ last: LAST } as const)
    .epilogue('From any shell of the same user; written down in the run’s journal, with who and when.');
}

export function defineCallSteering(yargs: Argv) {
  return yargs
    .positional('words', {
      type: 'string',
      describe: 'a RUN, its id or the beginning of one; then one or more CALLs by number',
    } as const)
    .options({ last: LAST } as const)
    .epilogue('As in: andwait skip --last 3 4. The numbers are those of the tree and of `andwait logs RUN`.');
}

export interface CallChoice extends RunChoice {
  /** In the order they were given, each once. */
  readonly calls: readonly number[];
}

export interface CallWords {
  /** Any number of words; yargs' types know of one. */
  readonly words?: unknown;
  readonly last: boolean;
}

export function callChoice({ words: given, last }: CallWords, command: string): CallChoice {
  const words = Array.isArray(given) ? given.map(String) : [];
  const [run, calls] = last ? [undefined, words] : [words[0], words.slice(1)];
  if (calls.length === 0 && (last || run !== undefined)) {
    throw new UserError(
      `${command} needs the number of a CALL, as in: andwait ${command} ${run ?? '--last'} 3`,
    );
  }
  return { run, last, calls: [...new Set(calls.map((word) => callNumber(word, command)))] };
}

/** `3`, or `#3` as it is shown. */
function callNumber(word: string, command: string): number {
  const [, digits = ''] = /^#?(\d+)$/.exec(word) ?? [];
  const call = Number(digits);
  if (Number.isSafeInteger(call) && call > 0) return call;
  throw new UserError(
    `${command} ${JSON.stringify(word)}: expected the number of a call, as \`andwait logs RUN\` shows it`,
  );
}
