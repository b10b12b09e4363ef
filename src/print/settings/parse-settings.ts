/** Reads one settings text. A field that is not understood is named and left out; the others count. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { PERMISSION_MODES, type PermissionMode } from '../flags/flag-table.ts';
import { type HookSettings, readHooks } from '../hooks/hook-settings.ts';
import { type Behavior, parseRule, type Rule } from '../permissions/rule.ts';

export interface SourceSettings {
  readonly rules: Readonly<Record<Behavior, readonly Rule[]>>;
  readonly defaultMode: PermissionMode | undefined;
  /** As written. */
  readonly additionalDirectories: readonly string[];
  readonly bypassDisabled: boolean;
  readonly onlyManagedRules: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly model: string | undefined;
  readonly autoCompactEnabled: boolean | undefined;
  readonly hooks: HookSettings;
  readonly disableAllHooks: boolean;
  readonly disableWorkflows: boolean | undefined;
  readonly apiKeyHelper: string | undefined;
  readonly projectMcp: ProjectMcp;
}

/** Which servers of a project's `.mcp.json` may be started. */
export interface ProjectMcp {
  readonly all: boolean;
  /** Names. */
  readonly enabled: readonly string[];
  /** They count for more. */
  readonly disabled: readonly string[];
}

export type SettingsParsing =
  | { readonly kind: 'ok'; readonly settings: SourceSettings; readonly problems: readonly string[] }
  | { readonly kind: 'malformed'; readonly why: string };

/** `base`: the folder that `/x` in a rule of this text starts from. */
export function parseSettings(text: string, base: string): SettingsParsing {
  if (text.trim() === '') return { kind: 'ok', settings: new Fields({}, base), problems: [] };
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return {
      kind: 'malformed',
      why: `it is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  if (!isJsonObject(value)) return { kind: 'malformed', why: 'it must be a JSON object' };
  const settings = new Fields(value, base);
  return { kind: 'ok', settings, problems: settings.problems };
}

class Fields implements SourceSettings {
  readonly problems: string[] = [];
  readonly rules: Readonly<Record<Behavior, readonly Rule[]>>;
  readonly defaultMode: PermissionMode | undefined;
  readonly additionalDirectories: readonly string[];
  readonly bypassDisabled: boolean;
  readonly onlyManagedRules: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly model: string | undefined;
  readonly autoCompactEnabled: boolean | undefined;
  readonly hooks: HookSettings;
  readonly disableAllHooks: boolean;
  readonly disableWorkflows: boolean | undefined;
  readonly apiKeyHelper: string | undefined;
  readonly projectMcp: ProjectMcp;

  constructor(value: JsonObject, base: string) {
    const permissions = this.#object(value['permissions'], 'permissions');
    const rules = (behavior: Behavior): Rule[] => this.#rules(permissions[behavior], behavior, base);
    this.rules = { allow: rules('allow'), ask: rules('ask'), deny: rules('deny') };
    this.defaultMode = this.#mode(permissions['defaultMode']);
    this.additionalDirectories = this.#strings(
      permissions['additionalDirectories'],
      'permissions.additionalDirectories',
    );
    this.bypassDisabled = permissions['disableBypassPermissionsMode'] === 'disable';
    this.onlyManagedRules = value['allowManagedPermissionRulesOnly'] === true;
    this.env = this.#variables(value['env']);
    this.model = this.#string(value['model'], 'model');
    this.hooks = readHooks(value['hooks']);
    this.disableAllHooks = this.#boolean(value['disableAllHooks'], 'disableAllHooks') === true;
    this.autoCompactEnabled = this.#boolean(value['autoCompactEnabled'], 'autoCompactEnabled');
    this.disableWorkflows = this.#boolean(value['disableWorkflows'], 'disableWorkflows');
    this.apiKeyHelper = this.#string(value['apiKeyHelper'], 'apiKeyHelper');
    this.projectMcp = {
      all: value['enableAllProjectMcpServers'] === true,
      enabled: this.#strings(value['enabledMcpjsonServers'], 'enabledMcpjsonServers'),
      disabled: this.#strings(value['disabledMcpjsonServers'], 'disabledMcpjsonServers'),
    };
  }

  #wrong(field: string, expected: string, received: Json): void {
    this.problems.push(`"${field}" must be ${expected}, not ${JSON.stringify(received).slice(0, 100)}`);
  }

  #object(value: Json | undefined, field: string): JsonObject {
    if (value === undefined) return {};
    if (isJsonObject(value)) return value;
    this.#wrong(field, 'an object', value);
    return {};
  }

  #string(value: Json | undefined, field: string): string | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value === '' ? undefined : value;
    this.#wrong(field, 'a string', value);
    return undefined;
  }

  #boolean(value: Json | undefined, field: string): boolean | undefined {
    if (value === undefined || typeof value === 'boolean') return value;
    this.#wrong(field, 'true or false', value);
    return undefined;
  }

  #strings(value: Json | undefined, field: string): string[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.#wrong(field, 'a list of strings', value);
      return [];
    }
    return value.flatMap((item: Json, n) => {
      if (typeof item === 'string') return [item];
      this.#wrong(`${field}[${n}]`, 'a string', item);
      return [];
    });
  }

  #rules(value: Json | undefined, behavior: Behavior, base: string): Rule[] {
    return this.#strings(value, `permissions.${behavior}`).flatMap((text) => {
      const rule = parseRule(text, base);
      if (rule === undefined)
        this.#wrong(`permissions.${behavior}`, 'rules such as Tool or Tool(pattern)', text);
      return rule ?? [];
    });
  }

  #mode(value: Json | undefined): PermissionMode | undefined {
    if (value === undefined || value === 'manual') return value === undefined ? undefined : 'default';
    const mode = PERMISSION_MODES.find((known) => known === value);
    if (mode === undefined)
      this.#wrong('permissions.defaultMode', `one of ${PERMISSION_MODES.join(', ')}`, value);
    return mode;
  }

  #variables(value: Json | undefined): Readonly<Record<string, string>> {
    const entries = Object.entries(this.#object(value, 'env')).flatMap(([name, item]) => {
      if (typeof item === 'string') return [[name, item] as const];
      if (typeof item === 'number' || typeof item === 'boolean') return [[name, String(item)] as const];
      this.#wrong(`env.${name}`, 'a string', item);
      return [];
    });
    return Object.fromEntries(entries);
  }
}
