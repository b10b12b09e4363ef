/**
 * A flag given twice: one that takes several keeps each, any other its last one. yargs has one rule for all flags, and its
 * other rule loses all but the last `--arg`.
 */
import type { Argv } from 'yargs';

/** To be used with `duplicate-arguments-array`, which makes a list of everything that is given twice. */
export function withLastOfRepeated(commandLine: Argv): Argv {
  return commandLine.middleware((parsed) => {
    // Those of the command that was found: yargs collects them anew for each.
    const { array, key } = (commandLine as Argv & OptionsOwner).getOptions();
    for (const name of Object.keys(parsed)) {
      const value = parsed[name];
      if (name in key && !array.includes(name) && Array.isArray(value)) parsed[name] = value.at(-1);
    }
  }, true);
}

/** Not in yargs' types. */
interface OptionsOwner {
  getOptions(): { readonly array: readonly string[]; readonly key: Readonly<Record<string, unknown>> };
}
