/** The command lines of what only reads: `list`, `status`, `watch`, `result`, `logs`, `report`, `validate`, `shellenv`, `doctor`; and of `gc`, which tidies up. */
import type { Argv } from 'yargs';
import { SHELLS } from '../shellenv/shells.ts';
import { RUN_KINDS, RUN_STATES } from './run-filter.ts';

const RUN = { type: 'string', describe: 'id of a run, or the beginning of one' } as const;
const LAST = { type: 'boolean', default: false, describe: 'in place of RUN: the last one' } as const;
const JSON_OUTPUT = { type: 'boolean', default: false, describe: 'as JSON' } as const;

export function defineListOptions(yargs: Argv) {
  return yargs.options({
    json: { ...JSON_OUTPUT, describe: 'one JSON object a line' },
    limit: {
      type: 'string',
      requiresArg: true,
      describe: 'at most so many, newest first; 0 for all [default: 20]',
    },
    status: {
      type: 'string',
      requiresArg: true,
      describe: `only these, with commas between: ${RUN_STATES.join(', ')}`,
    },
    kind: {
      type: 'string',
      requiresArg: true,
      describe: `only these, with commas between: ${RUN_KINDS.join(', ')}`,
    },
    name: { type: 'string', requiresArg: true, describe: 'only those whose name has this in it' },
    since: {
      type: 'string',
      requiresArg: true,
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
      type: 'string',
      requiresArg: true,
      describe: 'only this field of the returned object: a text as it is, as in --field report',
    },
    json: { ...JSON_OUTPUT, describe: 'the whole result object, not only the returned value' },
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
      json: { ...JSON_OUTPUT, describe: 'the records or events themselves, NDJSON' },
    } as const);
}

export function defineStatusOptions(yargs: Argv) {
  return yargs
    .positional('run', { ...RUN, describe: `${RUN.describe}; without one: the pool and the latest runs` })
    .options({ last: LAST, json: { ...JSON_OUTPUT, describe: 'one JSON object' } } as const);
}

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

export function defineReportOptions(yargs: Argv) {
  return yargs.positional('run', RUN).options({
    last: LAST,
    out: {
      type: 'string',
      requiresArg: true,
      describe: "write it here; - is stdout [default: report.html in the run's folder]",
    },
    open: { type: 'boolean', default: false, describe: 'show it in the browser' },
  } as const);
}

export function defineValidateOptions(yargs: Argv) {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'workflow script' })
    .options({ json: JSON_OUTPUT } as const);
}

export function defineGcOptions(yargs: Argv) {
  return yargs.options({
    'older-than': {
      type: 'string',
      requiresArg: true,
      default: '30d',
      describe: 'remove runs last changed before that: 12h, 30d, 8w [default: 30d]',
    },
    'max-size': {
      type: 'string',
      requiresArg: true,
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

export function defineShellenvOptions(yargs: Argv) {
  return yargs
    .positional('shell', {
      choices: SHELLS,
      describe: `who reads it: ${SHELLS.join(', ')} [default: the shell of this user]`,
    } as const)
    .epilogue('In a shell: eval "$(andwait shellenv)"; in fish: andwait shellenv fish | source');
}

export function defineDoctorOptions(yargs: Argv) {
  return yargs.options({ json: { ...JSON_OUTPUT, describe: 'one JSON object' } } as const);
}

export type DoctorOptions = Parsed<typeof defineDoctorOptions>;
export type GcOptions = Parsed<typeof defineGcOptions>;
export type ListOptions = Parsed<typeof defineListOptions>;
export type ResultOptions = Parsed<typeof defineResultOptions>;
export type ReportOptions = Parsed<typeof defineReportOptions>;
export type LogsOptions = Parsed<typeof defineLogsOptions>;
export type StatusOptions = Parsed<typeof defineStatusOptions>;
export type WatchOptions = Parsed<typeof defineWatchOptions>;
export type ValidateOptions = Parsed<typeof defineValidateOptions>;

type Parsed<T extends (yargs: Argv) => Argv> = Awaited<ReturnType<ReturnType<T>['parse']>>;
