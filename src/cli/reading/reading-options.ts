/** The command lines of `list`, `result` and `logs`. */
import type { Argv } from 'yargs';
import { TEXT } from '../command-line/flag-kinds.ts';
import type { Parsed } from '../command-line/parsed.ts';
import { LAST, RUN } from './run-choice.ts';
import { RUN_KINDS, RUN_STATES } from './run-filter.ts';

export function defineListOptions(yargs: Argv) {
  return yargs.options({
    json: { type: 'boolean', default: false, describe: 'one JSON object a line' },
    limit: {
      ...TEXT,
      describe: 'at most so many, newest first; 0 for all [default: 20]',
    },
    status: {
      ...TEXT,
      describe: `only these, with commas between: ${RUN_STATES.join(', ')}`,
    },
    kind: {
      ...TEXT,
      describe: `only these, with commas between: ${RUN_KINDS.join(', ')}`,
    },
    name: { ...TEXT, describe: 'only those whose name has this in it' },
    since: {
      ...TEXT,
      describe: 'only those begun since: 30m, 12h, 3d, 8w ago, or 2026-11-22 (UTC)',
    },
    failed: {
      type: 'boolean',
      default: false,
      describe: 'only those that ended badly or were cut off, and those with failed calls',
    },
    saved: {
      type: 'boolean',
      default: false,
      describe: 'in place of runs: the saved workflows, which `andwait run /NAME` runs',
    },
  } as const);
}

export function defineResultOptions(yargs: Argv) {
  return yargs.positional('run', RUN).options({
    last: LAST,
    field: {
      ...TEXT,
      describe: 'only this field of the returned object: a text as it is, as in --field report',
    },
    json: {
      type: 'boolean',
      default: false,
      describe: 'the whole result object, not only the returned value',
    },
  } as const);
}

export function defineLogsOptions(yargs: Argv) {
  return yargs
    .positional('run', RUN)
    .positional('call', { type: 'string', describe: 'number of a call, as `andwait logs RUN` shows it' })
    .options({
      last: LAST,
      follow: {
        type: 'boolean',
        alias: 'f',
        default: false,
        describe: 'go on as more is written, until the run or the call has ended',
      },
      json: { type: 'boolean', default: false, describe: 'the records or events themselves, NDJSON' },
      queue: {
        ...TEXT,
        describe:
          'through which the host of an agent is asked for what it wrote [default: $ANDWAIT_QUEUE, or that of the run]',
      },
    } as const);
}

export type ListOptions = Parsed<typeof defineListOptions>;
export type ResultOptions = Parsed<typeof defineResultOptions>;
export type LogsOptions = Parsed<typeof defineLogsOptions>;
