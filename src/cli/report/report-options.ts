/** The command line of `andwait report`. */
import type { Argv } from 'yargs';
import { TEXT } from '../command-line/flag-kinds.ts';
import type { Parsed } from '../command-line/parsed.ts';
import { LAST, RUN } from '../reading/run-choice.ts';

export function defineReportOptions(yargs: Argv) {
  return yargs.positional('run', RUN).options({
    last: LAST,
    out: {
      ...TEXT,
      describe: "write it here; - is stdout [default: report.html in the run's folder]",
    },
    open: { type: 'boolean', default: false, describe: 'show it in the browser' },
  } as const);
}

export type ReportOptions = Parsed<typeof defineReportOptions>;
