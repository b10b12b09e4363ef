/** How a command of `andwait` is carried out: what its definition is given, so that it need not know who asks. */
import type { ArgumentsCamelCase } from 'yargs';

/** Makes a handler of what returns an exit code. */
export type CarriedOutBy = <T>(
  carryOut: (parsed: ArgumentsCamelCase<T>) => Promise<number>,
) => (parsed: ArgumentsCamelCase<T>) => Promise<void>;
