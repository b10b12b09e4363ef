/** The command line of `andwait status`. */
import type { Argv } from 'yargs';
import type { Parsed } from '../command-line/parsed.ts';
import { LAST, RUN } from '../reading/run-choice.ts';

export function defineStatusOptions(yargs: Argv) {
  return yargs
    .positional('run', { ...RUN, describe: `${RUN.describe}; without one: the pool and the latest runs` })
    .options({ last: LAST, json: { type: 'boolean', default: false, describe: 'one JSON object' } } as const);
}

export type StatusOptions = Parsed<typeof defineStatusOptions>;
