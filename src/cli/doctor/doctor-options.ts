/** The command line of `andwait doctor`. */
import type { Argv } from 'yargs';
import type { Parsed } from '../command-line/parsed.ts';

export function defineDoctorOptions(yargs: Argv) {
  return yargs.options({ json: { type: 'boolean', default: false, describe: 'one JSON object' } } as const);
}

export type DoctorOptions = Parsed<typeof defineDoctorOptions>;
