/** What a project's own settings grant counts only once somebody has trusted the project; what they forbid always does. */
import { readHooks, withoutCommands } from '../hooks/hook-settings.ts';
import type { SourceSettings } from './parse-settings.ts';
import type { SettingsFile } from './settings-places.ts';
import { isTrusted, type TrustPlaces, trustFile } from './trust.ts';

export interface Layer {
  readonly from: SettingsFile;
  readonly settings: SourceSettings;
}

/** Whether a file came with its repository, as far as can be told. */
export type IsCommitted = (file: string) => Promise<boolean>;

export interface SelfGrantsPlaces extends TrustPlaces {
  readonly isCommitted: IsCommitted;
  /** What is left out is told here. */
  readonly warnings: string[];
}

/**
 * As measured: rules that forbid hold, those that grant need that somebody trusted the project. Local settings are the
 * user's own, unless they came with the project.
 */
export async function withoutSelfGrants(
  layers: readonly Layer[],
  places: SelfGrantsPlaces,
): Promise<readonly Layer[]> {
  const { isCommitted, warnings } = places;
  const granting = layers.filter(
    ({ from, settings }) =>
      (from.source === 'project' || from.source === 'local') && grantsOf(settings).length > 0,
  );
  if (granting.length === 0 || (await isTrusted(places))) return layers;
  const suspects = new Set<Layer>();
  for (const layer of granting)
    if (layer.from.source === 'project' || (await isCommitted(layer.from.file))) suspects.add(layer);
  return layers.map((layer) => {
    if (!suspects.has(layer)) return layer;
    const { from, settings } = layer;
    const other =
      from.source === 'local' ? 'keep that file out of the repository' : 'use .claude/settings.local.json';
    const cure = `set projects[${JSON.stringify(places.main)}].hasTrustDialogAccepted to true in ${trustFile(places) ?? '~/.claude.json'}, or ${other}`;
    warnings.push(
      `Warning: ${grantsOf(settings).join(', ')} in ${from.file} ignored: nobody has trusted this project. To trust it, ${cure}`,
    );
    const { allow: _, ...forbidding } = settings.rules;
    const isGrantingMode = settings.defaultMode !== undefined && GRANTING_MODES.has(settings.defaultMode);
    return {
      from,
      settings: {
        ...settings,
        rules: { ...forbidding, allow: [] },
        defaultMode: isGrantingMode ? undefined : settings.defaultMode,
        additionalDirectories: [],
        env: {},
        apiKeyHelper: undefined,
        // Its own it may switch off. Those of the user may guard against it.
        hooks: settings.disableAllHooks ? readHooks(undefined) : withoutCommands(settings.hooks),
        disableAllHooks: false,
        projectMcp: { all: false, enabled: [], disabled: settings.projectMcp.disabled },
      },
    };
  });
}

/** Measured: a project may set `acceptEdits` for itself. */
const GRANTING_MODES: ReadonlySet<string> = new Set(['bypassPermissions', 'auto']);

function grantsOf(settings: SourceSettings): string[] {
  return [
    ...(settings.rules.allow.length > 0 ? ['permissions.allow'] : []),
    ...(settings.additionalDirectories.length > 0 ? ['permissions.additionalDirectories'] : []),
    ...(settings.defaultMode !== undefined && GRANTING_MODES.has(settings.defaultMode)
      ? ['permissions.defaultMode']
      : []),
    ...(Object.keys(settings.env).length > 0 ? ['env'] : []),
    ...(settings.apiKeyHelper === undefined ? [] : ['apiKeyHelper']),
    ...(settings.hooks.beforeTools.length > 0 ? ['hooks.PreToolUse'] : []),
    ...(settings.disableAllHooks ? ['disableAllHooks'] : []),
    ...(settings.projectMcp.all ? ['enableAllProjectMcpServers'] : []),
    ...(settings.projectMcp.enabled.length > 0 ? ['enabledMcpjsonServers'] : []),
  ];
}
