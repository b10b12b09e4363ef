/** The command line of `andwait pool`: what is to be done, and what the one action that takes flags is told. */
import type { Argv } from 'yargs';
import type { PoolSettingsWish } from '../../broker/client/pool-client.ts';
import { UserError } from '../../core/exit.ts';
import { TEXT } from '../command-line/flag-kinds.ts';
import { countOf, sizeOf } from '../command-line/option-values.ts';
import type { Parsed } from '../command-line/parsed.ts';

export const POOL_ACTIONS = ['status', 'serve', 'stop', 'set', 'pause', 'continue'] as const;
export type PoolAction = (typeof POOL_ACTIONS)[number];

export function definePoolOptions(yargs: Argv) {
  return yargs
    .positional('action', {
      type: 'string',
      demandOption: true,
      describe: POOL_ACTIONS.join(', '),
    } as const)
    .options({
      json: { type: 'boolean', default: false, describe: 'status: one JSON object' },
      slots: {
        ...TEXT,
        describe: 'set: so many agents at once, for brokers to come as well; default: as if it were not set',
      },
      memfree: {
        ...TEXT,
        describe: 'set: start no agent while less memory is available: 500M, 2G; 0 for no limit',
      },
      force: { type: 'boolean', default: false, describe: 'stop: stop all runs and calls first' },
    } as const)
    .epilogue('`status` and `stop` start no broker; `serve` is one, in the foreground.');
}

export type PoolOptions = Parsed<typeof definePoolOptions>;

const FLAG_OF: Readonly<Record<'json' | 'slots' | 'memfree' | 'force', PoolAction>> = {
  json: 'status',
  slots: 'set',
  memfree: 'set',
  force: 'stop',
};

/** Refuses an action that there is not, and flags that belong to another one. */
export function actionOf(options: PoolOptions): PoolAction {
  const action = POOL_ACTIONS.find((name) => name === options.action);
  if (action === undefined) {
    throw new UserError(
      `pool ${JSON.stringify(options.action)}: expected one of ${POOL_ACTIONS.join(', ')}; \`andwait pool --help\` says more`,
    );
  }
  for (const [flag, owner] of Object.entries(FLAG_OF)) {
    const value = options[flag as keyof typeof FLAG_OF];
    if (value === undefined || value === false || owner === action) continue;
    throw new UserError(`pool ${action}: --${flag} belongs to \`andwait pool ${owner}\``);
  }
  return action;
}

export function settingsOf({ slots, memfree }: PoolOptions): PoolSettingsWish {
  if (slots === undefined && memfree === undefined) {
    throw new UserError('pool set: say what to set: --slots N or --memfree SIZE');
  }
  const count = slots === 'default' ? null : countOf('--slots', slots);
  return {
    ...(count === undefined ? {} : { slots: count }),
    ...(memfree === undefined ? {} : { minFreeBytes: leastFreeOf(memfree) }),
  };
}

/** `null`: no limit. */
function leastFreeOf(text: string): number | null {
  return text === '0' ? null : sizeOf('--memfree', text, ', or 0 for no limit');
}
