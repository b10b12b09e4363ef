/** Whether the user's own settings name a program that prints the key. What it prints is not asked for here. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject } from '../../core/json.ts';

/** Returns the file. `configDir` stands in for `~/.claude`. */
export function settingsWithKeyHelper(
  configDir: string | undefined,
  homeDir: string | undefined,
): string | undefined {
  const own = configDir ?? (homeDir === undefined ? undefined : path.join(homeDir, '.claude'));
  if (own === undefined) return undefined;
  const file = path.join(own, 'settings.json');
  return namesKeyHelper(file) ? file : undefined;
}

/** Settings that cannot be read are none for the agents either. */
function namesKeyHelper(file: string): boolean {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isJsonObject(value) && typeof value['apiKeyHelper'] === 'string' && value['apiKeyHelper'] !== '';
  } catch {
    return false;
  }
}
