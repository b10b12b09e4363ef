/** What all settings of a session say together. */
import type { PermissionMode } from '../flags/flag-table.ts';
import type { ToolHook } from '../hooks/hook-settings.ts';
import type { RuleBook } from '../permissions/rule.ts';
import type { ProjectMcp } from './parse-settings.ts';

export interface OffSwitch {
  readonly isOff: boolean;
  /** Where it stands; empty for JSON on the command line. */
  readonly file: string;
}

export interface Settings {
  readonly rules: RuleBook;
  readonly defaultMode: PermissionMode | undefined;
  /** Absolute. */
  readonly additionalDirectories: readonly string[];
  /** Mode `bypassPermissions` is out of the question. */
  readonly bypassDisabled: boolean;
  /** Managed settings let no other rule allow or ask. */
  readonly onlyManagedRules: boolean;
  /** Added to the environment of the session and its tools. */
  readonly env: Readonly<Record<string, string>>;
  readonly model: string | undefined;
  /** A conversation that has become too long is summarised unasked. */
  readonly compactsItself: boolean;
  readonly toolHooks: readonly ToolHook[];
  /** `disableWorkflows`: what managed settings say, and what the others say. `undefined` where they say nothing. */
  readonly workflowsDisabled: {
    readonly managed: OffSwitch | undefined;
    readonly own: OffSwitch | undefined;
  };
  /** A shell command that prints the key. */
  readonly apiKeyHelper: string | undefined;
  readonly projectMcp: ProjectMcp;
  /** Every file that could hold settings, there or not: none of them is written unasked. */
  readonly files: readonly string[];
  /** For stderr. */
  readonly warnings: readonly string[];
}

export const NO_SETTINGS: Settings = {
  rules: { allow: [], ask: [], deny: [] },
  defaultMode: undefined,
  additionalDirectories: [],
  bypassDisabled: false,
  onlyManagedRules: false,
  env: {},
  model: undefined,
  compactsItself: true,
  toolHooks: [],
  workflowsDisabled: { managed: undefined, own: undefined },
  apiKeyHelper: undefined,
  projectMcp: { all: false, enabled: [], disabled: [] },
  files: [],
  warnings: [],
};
