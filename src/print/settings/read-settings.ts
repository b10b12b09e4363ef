/** Reads every settings file of a session and puts them together: managed beats flag beats local beats project beats user. */
import path from 'node:path';
import { readRegularFile } from '../../wire/files/regular-file.ts';
import type { ToolHook } from '../hooks/hook-settings.ts';
import { parseSettings, type SourceSettings } from './parse-settings.ts';
import { type IsCommitted, type Layer, withoutSelfGrants } from './self-grants.ts';
import type { OffSwitch, Settings } from './settings.ts';
import {
  checkoutOf,
  readSources,
  type SettingsFile,
  type SettingsPlaces,
  type Source,
  settingsFiles,
} from './settings-places.ts';
import { trustFile } from './trust.ts';

export interface SettingsRequest extends Omit<SettingsPlaces, 'checkout'> {
  /** `--settings`: a file, or JSON itself. */
  readonly flag: string | undefined;
  /** `--setting-sources`. */
  readonly sources: readonly string[] | undefined;
  readonly isCommitted: IsCommitted;
}

export type SettingsReading =
  | { readonly kind: 'ok'; readonly settings: Settings }
  /** For a person: the session is not to start. */
  | { readonly kind: 'error'; readonly message: string };

/** Managed settings, and those that were asked for by flag, must be readable; of others a broken one is told and left out. */
export async function readSettings(request: SettingsRequest): Promise<SettingsReading> {
  const sources = readSources(request.sources);
  if (sources.kind === 'error') return sources;
  const warnings: string[] = [];
  const layers: Layer[] = [];
  const checkout = await checkoutOf(request);
  const files = settingsFiles({ ...request, checkout });
  for (const from of files.filter(({ source }) => sources.sources.includes(source))) {
    const text = await textOf(from.file);
    if (text === undefined) continue;
    const parsing =
      text instanceof Error
        ? { kind: 'malformed' as const, why: text.message }
        : parseSettings(text, from.base);
    if (parsing.kind === 'ok') {
      warnings.push(
        ...parsing.problems.map((problem) => `Warning: in ${from.file} ${problem}; that part is ignored`),
      );
      layers.push({ from, settings: parsing.settings });
    } else if (from.source === 'managed') {
      return {
        kind: 'error',
        message: `Error: the managed settings ${from.file} cannot be used: ${parsing.why}`,
      };
    } else {
      warnings.push(
        `Warning: the settings ${from.file} are ignored, with every rule in them: ${parsing.why}`,
      );
    }
  }
  const flag = await flagLayer(request, warnings);
  if (flag?.kind === 'error') return flag;
  if (flag !== undefined)
    layers.splice(layers.at(-1)?.from.source === 'managed' ? -1 : layers.length, 0, flag);
  const trusted = await withoutSelfGrants(layers, { ...request, main: checkout.main, warnings });
  return { kind: 'ok', settings: together(trusted, request, files, warnings) };
}

const MAX_BYTES = 10_000_000;

async function textOf(file: string): Promise<string | Error | undefined> {
  try {
    const reading = await readRegularFile(file, MAX_BYTES);
    return reading.kind === 'read' ? reading.bytes.toString('utf8') : new Error(reading.why);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function flagLayer(
  { flag, cwd }: SettingsRequest,
  warnings: string[],
): Promise<
  ({ readonly kind: 'layer' } & Layer) | { readonly kind: 'error'; readonly message: string } | undefined
> {
  const given = flag?.trim();
  if (given === undefined || given === '') return undefined;
  const isJson = given.startsWith('{') && given.endsWith('}');
  const file = path.resolve(cwd, given);
  const text = isJson ? given : await textOf(file);
  if (text === undefined) return { kind: 'error', message: `Error: Settings file not found: ${file}` };
  const parsing =
    text instanceof Error ? { kind: 'malformed' as const, why: text.message } : parseSettings(text, cwd);
  const name = isJson ? '--settings' : `--settings ${file}`;
  if (parsing.kind === 'malformed')
    return { kind: 'error', message: `Error: ${name} cannot be used: ${parsing.why}` };
  warnings.push(...parsing.problems.map((problem) => `Warning: in ${name} ${problem}; that part is ignored`));
  return {
    kind: 'layer',
    from: { source: 'flag', file: isJson ? '' : file, base: cwd },
    settings: parsing.settings,
  };
}

function together(
  layers: readonly Layer[],
  request: SettingsRequest,
  files: readonly SettingsFile[],
  warnings: string[],
): Settings {
  const onlyManagedRules = layers.some(
    ({ from, settings }) => from.source === 'managed' && settings.onlyManagedRules,
  );
  const counts = (source: Source): boolean => !onlyManagedRules || source === 'managed';
  const rules = (behavior: 'allow' | 'ask' | 'deny') =>
    layers.flatMap(({ from, settings }) =>
      behavior === 'allow' && !counts(from.source) ? [] : settings.rules[behavior],
    );
  const strongest = <T>(field: (settings: SourceSettings) => T | undefined): T | undefined =>
    layers.map(({ settings }) => field(settings)).findLast((value) => value !== undefined);
  const workflowsDisabled = (isManaged: boolean): OffSwitch | undefined =>
    layers
      .filter(({ from }) => (from.source === 'managed') === isManaged)
      .flatMap(({ from: { file }, settings: { disableWorkflows: isOff } }) =>
        isOff === undefined ? [] : [{ isOff, file }],
      )
      .at(-1);
  const flagFile = layers.find(({ from }) => from.source === 'flag')?.from.file;
  return {
    rules: { allow: rules('allow'), ask: rules('ask'), deny: rules('deny') },
    defaultMode: strongest(({ defaultMode }) => defaultMode),
    additionalDirectories: layers.flatMap(({ settings }) =>
      settings.additionalDirectories.map((dir) => absolute(dir, request)),
    ),
    bypassDisabled: layers.some(({ settings }) => settings.bypassDisabled),
    onlyManagedRules,
    env: Object.assign({}, ...layers.map(({ settings }) => settings.env)),
    model: strongest(({ model }) => model),
    toolHooks: toolHooksOf(layers, warnings),
    compactsItself: strongest(({ autoCompactEnabled }) => autoCompactEnabled) ?? true,
    workflowsDisabled: { managed: workflowsDisabled(true), own: workflowsDisabled(false) },
    apiKeyHelper: strongest(({ apiKeyHelper }) => apiKeyHelper),
    projectMcp: {
      all: layers.some(({ settings }) => settings.projectMcp.all),
      enabled: layers.flatMap(({ settings }) => settings.projectMcp.enabled),
      disabled: layers.flatMap(({ settings }) => settings.projectMcp.disabled),
    },
    files: [...files.map(({ file }) => file), trustFile(request), flagFile].filter(
      (file): file is string => file !== undefined && file !== '',
    ),
    warnings,
  };
}

/** Settings may switch hooks off, save those of the administrator. */
function toolHooksOf(layers: readonly Layer[], warnings: string[]): ToolHook[] {
  const areOff = (from: SettingsFile): boolean =>
    layers.some(
      (layer) =>
        layer.settings.disableAllHooks && (from.source !== 'managed' || layer.from.source === 'managed'),
    );
  const running = layers.filter(({ from }) => !areOff(from));
  for (const { from, settings } of running) {
    if (settings.hooks.notRun.length === 0) continue;
    const place = from.file === '' ? '--settings' : from.file;
    warnings.push(
      `Warning: hooks for ${settings.hooks.notRun.join(', ')} in ${place} are not run: andwait-print runs those for PreToolUse alone`,
    );
  }
  return running.flatMap(({ settings }) => settings.hooks.beforeTools);
}

function absolute(dir: string, { projectDir, homeDir }: SettingsRequest): string {
  const isHome = homeDir !== undefined && /^~(\/|$)/.test(dir);
  return isHome ? path.join(homeDir, dir.slice(1)) : path.resolve(projectDir, dir);
}
