/** The command lines of what only reads: `list`, `result`, `logs`, `validate`. */
import type { Argv } from 'yargs';

const RUN = { type: 'string', demandOption: true, describe: 'id of a run, or the beginning of one' } as const;
const JSON_OUTPUT = { type: 'boolean', default: false, describe: 'as JSON' } as const;

export function defineListOptions(yargs: Argv) {
  return yargs.options({
    json: { ...JSON_OUTPUT, describe: 'one JSON object a line' },
    limit: {
      type: 'string',
      requiresArg: true,
      default: '20',
      describe: 'at most so many, newest first; 0 for all',
    },
  } as const);
}

export function defineResultOptions(yargs: Argv) {
  return yargs.positional('run', RUN).options({
    json: { ...JSON_OUTPUT, describe: 'the whole result object, not only the returned value' },
  } as const);
}

export function defineLogsOptions(yargs: Argv) {
  return yargs
    .positional('run', RUN)
    .positional('call', { type: 'string', describe: 'number of a call, as `andwait logs RUN` shows it' })
    .options({ json: { ...JSON_OUTPUT, describe: 'the records or events themselves, NDJSON' } } as const);
}

export function defineValidateOptions(yargs: Argv) {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'workflow script' })
    .options({ json: JSON_OUTPUT } as const);
}

export type ListOptions = Parsed<typeof defineListOptions>;
export type ResultOptions = Parsed<typeof defineResultOptions>;
export type LogsOptions = Parsed<typeof defineLogsOptions>;
export type ValidateOptions = Parsed<typeof defineValidateOptions>;

type Parsed<T extends (yargs: Argv) => Argv> = Awaited<ReturnType<ReturnType<T>['parse']>>;
