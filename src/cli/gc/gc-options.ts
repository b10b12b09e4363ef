/** The command line of `andwait gc`. */
import type { Argv } from 'yargs';
import { TEXT } from '../command-line/flag-kinds.ts';
import type { Parsed } from '../command-line/parsed.ts';

export function defineGcOptions(yargs: Argv) {
  return yargs.options({
    'older-than': {
      ...TEXT,
      default: '30d',
      describe: 'remove runs last changed before that: 12h, 30d, 8w [default: 30d]',
    },
    'max-size': {
      ...TEXT,
      describe: 'remove the oldest until all are no larger: 500M, 2G',
    },
    'keep-failed': {
      type: 'boolean',
      default: false,
      describe: 'spare runs that did not complete: they can be resumed',
    },
    'dry-run': { type: 'boolean', default: false, describe: 'say what would go, and remove nothing' },
  } as const);
}

export type GcOptions = Parsed<typeof defineGcOptions>;
