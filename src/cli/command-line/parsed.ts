/** What yargs makes of a command line, as far as its types tell. */
import type { Argv } from 'yargs';

/** `Define`: the type of the function that defines it. */
export type Parsed<Define extends (yargs: Argv) => Argv> = Awaited<ReturnType<ReturnType<Define>['parse']>>;
