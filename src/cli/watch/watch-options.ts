/** The command line of `andwait watch`. */
import type { Argv } from 'yargs';
import type { Parsed } from '../command-line/parsed.ts';
import { LAST, RUN } from '../reading/run-choice.ts';

export function defineWatchOptions(yargs: Argv) {
  return yargs
    .positional('run', { ...RUN, describe: `${RUN.describe} [default: the newest at work, else the newest]` })
    .options({
      last: LAST,
      'exit-code': {
        type: 'boolean',
        default: false,
        describe: "end with the run's exit code, not with 0",
      },
    } as const)
    .epilogue(
      'Keys: q quit, p pause or go on, s stop, arrows choose a call, l its log, k skip it, r retry it.',
    );
}

export type WatchOptions = Parsed<typeof defineWatchOptions>;
