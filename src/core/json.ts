/** JSON as a type: what may cross the sandbox wall, a pipe or a journal. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** True for a plain JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is written back as JSON overflows the stack some thousand levels down, wherever it is then: in the program that keeps all agents, too. */
export const MOST_LEVELS = 1000;

/** Whether a value that somebody else wrote has more levels of objects and arrays than are taken. */
export function isTooDeep(value: unknown, levels: number = MOST_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isTooDeep(each, levels - 1));
}
