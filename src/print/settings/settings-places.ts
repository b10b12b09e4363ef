/** Where settings lie, and whose word counts for more. */
import path from 'node:path';
import { mainCheckout } from '../../wire/files/main-checkout.ts';
import { projectFolders } from '../../wire/files/project-folders.ts';

export const SOURCES = ['user', 'project', 'local'] as const;
export type Source = (typeof SOURCES)[number] | 'flag' | 'managed';

export interface SettingsPlaces {
  readonly cwd: string;
  /** Whose settings those of the project are: `--project-config-root`, else the working directory. */
  readonly projectDir: string;
  readonly checkout: Checkout;
  readonly homeDir: string | undefined;
  /** `$CLAUDE_CONFIG_DIR`: stands in for `~/.claude`. */
  readonly configDir: string | undefined;
  /** Settings of the machine's administrator. */
  readonly managedFile: string;
}

export interface Checkout {
  /** Root of the working tree that the session works in. */
  readonly root: string;
  /** Root of the one that the project's settings lie in or, where that is a linked one, of the repository's own checkout. */
  readonly main: string;
}

export async function checkoutOf({
  cwd,
  projectDir,
}: Pick<SettingsPlaces, 'cwd' | 'projectDir'>): Promise<Checkout> {
  const rootOf = async (dir: string): Promise<string> => (await projectFolders(dir)).at(-1) ?? dir;
  const root = await rootOf(cwd);
  const projectRoot = projectDir === cwd ? root : await rootOf(projectDir);
  return { root, main: (await mainCheckout(projectRoot)) ?? projectRoot };
}

export const MANAGED_FILE = '/etc/claude-code/managed-settings.json';

export interface SettingsFile {
  readonly source: Source;
  readonly file: string;
  /** What `/x` in a rule starts from. */
  readonly base: string;
}

const LOCAL = 'settings.local.json';

/** From the weakest to the strongest. */
export function settingsFiles({
  cwd,
  projectDir,
  checkout,
  homeDir,
  configDir,
  managedFile,
}: SettingsPlaces): readonly SettingsFile[] {
  const personal = configDir ?? (homeDir === undefined ? undefined : path.join(homeDir, '.claude'));
  const user: SettingsFile[] =
    personal === undefined
      ? []
      : [{ source: 'user', file: path.join(personal, 'settings.json'), base: personal }];
  const own = (name: string): string => path.join(projectDir, '.claude', name);
  const ofCheckout = path.join(checkout.main, '.claude', LOCAL);
  return [
    ...user,
    { source: 'project', file: own('settings.json'), base: cwd },
    // Measured: they count in every folder of the repository, and in every working tree of it.
    ...(ofCheckout === own(LOCAL)
      ? []
      : [{ source: 'local', file: ofCheckout, base: checkout.root } as const]),
    { source: 'local', file: own(LOCAL), base: cwd },
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
