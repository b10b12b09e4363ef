/** What a project's own settings grant counts only once somebody has trusted the project; what they forbid always does. */
import { readHooks, withoutCommands } from '../hooks/hook-settings.ts';
import type { SourceSettings } from './parse-settings.ts';
import type { SettingsFile } from './settings-places.ts';
import { isTrusted, type TrustPlaces, trustFile } from './trust.ts';

export interface Layer {
  readonly from: SettingsFile;
  readonly settings: SourceSettings;
}

/** As measured: rules that forbid hold, those that grant need that somebody trusted the project. */
export async function withoutSelfGrants(
  layers: readonly Layer[],
  places: TrustPlaces,
  warnings: string[],
): Promise<readonly Layer[]> {
  const isGranting = ({ from, settings }: Layer): boolean =>
    from.source === 'project' && grantsOf(settings).length > 0;
  if (!layers.some(isGranting) || (await isTrusted(places))) return layers;
  return layers.map((layer) => {
    if (!isGranting(layer)) return layer;
    const { from, settings } = layer;
    const cure = `set projects[${JSON.stringify(places.main)}].hasTrustDialogAccepted to true in ${trustFile(places) ?? '~/.claude.json'}, or use .claude/settings.local.json`;
    warnings.push(
      `Warning: ${grantsOf(settings).join(', ')} in ${from.file} ignored: nobody has trusted this project. To trust it, ${cure}`,
    );
    const { allow: _, ...forbidding } = settings.rules;
    const granting = settings.defaultMode !== undefined && GRANTING_MODES.has(settings.defaultMode);
    return {
      from,
      settings: {
        ...settings,
        rules: { ...forbidding, allow: [] },
        defaultMode: granting ? undefined : settings.defaultMode,
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
