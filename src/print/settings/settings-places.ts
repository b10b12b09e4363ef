/** Where settings lie, and whose word counts for more. */
import path from 'node:path';

export const SOURCES = ['user', 'project', 'local'] as const;
export type Source = (typeof SOURCES)[number] | 'flag' | 'managed';

export interface SettingsPlaces {
  readonly cwd: string;
  readonly homeDir: string | undefined;
  /** `$CLAUDE_CONFIG_DIR`: stands in for `~/.claude`. */
  readonly configDir: string | undefined;
  /** Settings of the machine's administrator. */
  readonly managedFile: string;
}

export const MANAGED_FILE = '/etc/claude-code/managed-settings.json';

export interface SettingsFile {
  readonly source: Source;
  readonly file: string;
  /** What `/x` in a rule starts from. */
  readonly base: string;
}

/** From the weakest to the strongest. */
export function settingsFiles({
  cwd,
  homeDir,
  configDir,
  managedFile,
}: SettingsPlaces): readonly SettingsFile[] {
  const personal = configDir ?? (homeDir === undefined ? undefined : path.join(homeDir, '.claude'));
  const user: SettingsFile[] =
    personal === undefined
      ? []
      : [{ source: 'user', file: path.join(personal, 'settings.json'), base: personal }];
  const own = (name: string): string => path.join(cwd, '.claude', name);
  return [
    ...user,
    { source: 'project', file: own('settings.json'), base: cwd },
    { source: 'local', file: own('settings.local.json'), base: cwd },
    { source: 'managed', file: managedFile, base: '/' },
  ];
}

export type SourcesReading =
  | { readonly kind: 'ok'; readonly sources: readonly Source[] }
  | { readonly kind: 'error'; readonly message: string };

/** `--setting-sources`: the administrator's settings and `--settings` count in any case. */
export function readSources(given: readonly string[] | undefined): SourcesReading {
  const sources: Source[] = ['managed', 'flag'];
  for (const name of given ?? SOURCES) {
    const source = SOURCES.find((known) => known === name);
    if (source === undefined) {
      const options = SOURCES.join(', ');
      return {
        kind: 'error',
        message: `Error processing --setting-sources: Invalid setting source: ${name}. Valid options are: ${options}`,
      };
    }
    sources.push(source);
  }
  return { kind: 'ok', sources };
}
