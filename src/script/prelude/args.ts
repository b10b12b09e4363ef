/** `args` as the script finds it: a string that holds an object or an array arrives as that, because shells pass strings. */
import { parseWallJson } from '../wall-json.ts';

export function argsFrom(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  const value = parseWallJson(json);
  if (typeof value !== 'string') return value;
  try {
    const inner = parseWallJson(value);
    return typeof inner === 'object' && inner !== null ? inner : value;
  } catch {
    return value;
  }
}
