/** Which bundle to build; without names, all of them into an emptied dist/. */
export type ProgramName = 'script-host' | 'programs';
export function buildPrograms(only?: readonly ProgramName[]): Promise<string>;
