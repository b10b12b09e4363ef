/** Which bundle to build; without names, all of them into an emptied dist/. */
export type ProgramName = 'script-host' | 'programs';
export function buildPrograms(only?: readonly ProgramName[]): Promise<string>;

/** The prelude of the sandbox as one script's text; what it evaluates to is the realm's bridge. */
export function buildPrelude(): Promise<{ readonly text: string }>;
