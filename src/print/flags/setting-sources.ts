/** `--setting-sources`: which settings files count. */

export const SETTING_SOURCES = ['user', 'project', 'local'] as const;
export type SettingSource = (typeof SETTING_SOURCES)[number];

export function sourcesProblem(text: string | undefined): string | undefined {
  const unknown = wordsIn(text).find((word) => !SETTING_SOURCES.some((source) => source === word));
  return unknown === undefined
    ? undefined
    : `Error processing --setting-sources: Invalid setting source: ${unknown}. Valid options are: ${SETTING_SOURCES.join(', ')}`;
}

export function sourcesIn(text: string | undefined): readonly SettingSource[] | undefined {
  if (text === undefined) return undefined;
  const words = wordsIn(text);
  return SETTING_SOURCES.filter((source) => words.includes(source));
}

function wordsIn(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
