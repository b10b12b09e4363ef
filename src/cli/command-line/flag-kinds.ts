/** Flags that stand before a value, as yargs is told of them; what the value means is for `option-values`. */

export const TEXT = { type: 'string', requiresArg: true } as const;
/** One value each time it is given: `--arg a=1 --arg b=2`. */
export const TEXTS = { type: 'string', array: true, nargs: 1 } as const;
