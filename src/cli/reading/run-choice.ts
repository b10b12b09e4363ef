/** The words of a command line that say which run it is about; `chosenRun` finds it. */

export interface RunChoice {
  readonly run: string | undefined;
  readonly last: boolean;
}

export const RUN = { type: 'string', describe: 'id of a run, or the beginning of one' } as const;
export const LAST = { type: 'boolean', default: false, describe: 'in place of RUN: the last one' } as const;
