/** Whether a tool call may run: the settings, flags and mode of a session, as one judgement. */
import { isJsonObject, type Json } from '../../core/json.ts';
import type { PermissionMode } from '../flags/flag-table.ts';
import { BYPASS_NOT_LAUNCHED } from './bypass.ts';
import { FileAccess, type Verdict } from './file-access.ts';
import { judgeSearch } from './file-search.ts';
import { forbidsUse, grantsUse } from './named-use.ts';
import { forbidsTool, leavesServerOpen, namesHost, namesTool, type Rule, type RuleBook } from './rule.ts';
import { type RuleSources, ruleBook, wholeRule } from './rule-book.ts';
import type { ShellGate } from './shell/shell-gate.ts';

export interface ToolUse {
  readonly name: string;
  readonly input: Json;
  readonly useId: string;
}

export type Decision =
  | { readonly kind: 'allow'; readonly input: Json }
  /** `message` is for the model. */
  | { readonly kind: 'deny'; readonly message: string }
  | { readonly kind: 'ask'; readonly message: string };

/** Contract: `decide` looks at the file system (links) and changes nothing; it never throws for what the input is like. */
export interface PermissionGate {
  decide(use: ToolUse): Decision;
}

export interface SessionPermissions extends PermissionGate {
  readonly mode: PermissionMode;
  /** For a session whose mode is set while it runs. A mode that settings forbid is refused with a reason. */
  withMode(mode: PermissionMode): SessionPermissions | { readonly refused: string };
  /**
   * For tools that look through what nobody named: a search leaves out what rules keep from being read, whatever the mode,
   * and what nobody reads unasked. `dir` is absolute.
   */
  hidesWithin(dir: string): boolean;
  /** `file` is absolute. */
  hides(file: string): boolean;
  /** A rule allows WebFetch this very host: then it is meant, though it may lie inside of the network we are in. */
  namesHost(host: string): boolean;
  /** For stderr: rules that are none, a mode that settings forbid. */
  readonly warnings: readonly string[];
}

export interface PermissionGateDeps extends RuleSources {
  /** `--permission-mode`, or `bypassPermissions` by its own flag. */
  readonly mode: PermissionMode | undefined;
  /** Mode `bypassPermissions` may be switched to, also where the session does not begin in it. */
  readonly allowsBypass?: boolean;
  /** `--add-dir`. */
  readonly addDirs: readonly string[];
  /** Absolute. Files of the session's own: what is asked about elsewhere is allowed there. */
  readonly ownFolder?: string;
  /** Absolute. What andwait and the real program keep for later sessions: none of it is written unasked. */
  readonly keptFolders?: readonly string[];
  /** Absolute. Of these none is read unasked either. */
  readonly secretFolders?: readonly string[];
  /** `--project-config-root`. */
  readonly configRoot?: string | undefined;
  readonly homeDir: string | undefined;
  /** Where the next shell command starts, if that can differ from `cwd`. */
  readonly currentDir?: () => string;
  /** Without it the shell parser is not loaded. */
  readonly offersBash: boolean;
}

export async function permissionGate(deps: PermissionGateDeps): Promise<SessionPermissions> {
  const { settings, cwd } = deps;
  const { rules, warnings: aboutRules } = ruleBook(deps);
  const warnings = [...aboutRules];
  const shell = deps.offersBash ? await import('./shell/shell-gate.ts') : undefined;
  const files = deps.offersBash ? await import('./shell/shell-files.ts') : undefined;
  const wanted = deps.mode ?? settings.defaultMode ?? 'default';
  const isForbidden = wanted === 'bypassPermissions' && settings.bypassDisabled;
  if (isForbidden) warnings.push(`Warning: ${BYPASS_FORBIDDEN} Going on in mode default.`);
  const mayBypass = deps.allowsBypass === true || wanted === 'bypassPermissions';
  const open = (mode: PermissionMode): SessionPermissions => {
    const access = new FileAccess({
      rules,
      mode,
      cwd,
      configRoot: deps.configRoot,
      homeDir: deps.homeDir,
      workingDirs: [cwd, ...deps.addDirs, ...settings.additionalDirectories],
      settingsFiles: settings.files,
      keptFolders: deps.keptFolders ?? [],
      secretFolders: deps.secretFolders ?? [],
      ownFolder: deps.ownFolder,
    });
    const gate =
      shell &&
      files &&
      new shell.ShellGate({
        rules,
        mode,
        files: new files.ShellFiles(access, deps.homeDir),
        sessionDir: cwd,
      });
    return new SessionGate({ deps, rules, mode, access, shell: gate, warnings, open, mayBypass });
  };
  return open(isForbidden ? 'default' : wanted);
}

const BYPASS_FORBIDDEN =
  'Mode bypassPermissions is disabled by settings (permissions.disableBypassPermissionsMode).';

interface SessionGateDeps {
  readonly deps: PermissionGateDeps;
  readonly rules: RuleBook;
  readonly mode: PermissionMode;
  readonly access: FileAccess;
  readonly shell: ShellGate | undefined;
  readonly warnings: readonly string[];
  readonly open: (mode: PermissionMode) => SessionPermissions;
  readonly mayBypass: boolean;
}

const EDITORS: Readonly<Record<string, string>> = {
  Write: 'file_path',
  Edit: 'file_path',
  MultiEdit: 'file_path',
  NotebookEdit: 'notebook_path',
};

/** They touch nothing outside of the session. */
const HARMLESS: ReadonlySet<string> = new Set(['TodoWrite', 'StructuredOutput']);

class SessionGate implements SessionPermissions {
  readonly #all: SessionGateDeps;

  constructor(all: SessionGateDeps) {
    this.#all = all;
  }

  get mode(): PermissionMode {
    return this.#all.mode;
  }

  get warnings(): readonly string[] {
    return this.#all.warnings;
  }

  withMode(mode: PermissionMode): SessionPermissions | { readonly refused: string } {
    if (mode === 'bypassPermissions') {
      if (this.#all.deps.settings.bypassDisabled) return { refused: BYPASS_FORBIDDEN };
      if (!this.#all.mayBypass) return { refused: BYPASS_NOT_LAUNCHED };
    }
    return this.#all.open(mode);
  }

  namesHost(host: string): boolean {
    return this.#all.rules.allow.some((rule) => namesHost(rule, host));
  }

  hidesWithin(dir: string): boolean {
    return this.#all.access.hidesWithin(dir, '/');
  }

  hides(file: string): boolean {
    return this.#all.access.hides(file);
  }

  decide({ name, input }: ToolUse): Decision {
    const verdict = this.#judge(name, isJsonObject(input) ? input : {});
    if (verdict.kind === 'allow') return { kind: 'allow', input };
    const kind = verdict.kind === 'ask' && this.mode === 'dontAsk' ? 'deny' : verdict.kind;
    const asks = kind === 'ask' ? 'needs permission' : 'is not permitted';
    return { kind, message: `This use of ${name} ${asks}: ${verdict.why}.` };
  }

  #judge(name: string, input: Readonly<Record<string, Json>>): Verdict {
    const { rules } = this.#all;
    const denied = wholeRule({ rules, behavior: 'deny', tool: name });
    if (denied !== undefined) return { kind: 'deny', why: `the rule ${denied.text} denies it` };
    const verdict = this.#judgeInput(name, input);
    if (verdict.kind === 'deny') return verdict;
    const asked = wholeRule({ rules, behavior: 'ask', tool: name });
    return asked === undefined
      ? verdict
      : { kind: 'ask', why: `the rule ${asked.text} asks before every use` };
  }

  #judgeInput(name: string, input: Readonly<Record<string, Json>>): Verdict {
    const { access, shell, deps } = this.#all;
    if (HARMLESS.has(name)) return { kind: 'allow', why: 'it changes nothing outside' };
    if (name === 'Bash') {
      const command = input['command'];
      if (typeof command !== 'string' || shell === undefined)
        return { kind: 'ask', why: 'it names no command' };
      return shell.judge(command, deps.currentDir?.() ?? deps.cwd);
    }
    const editor = Object.hasOwn(EDITORS, name) ? EDITORS[name] : undefined;
    if (editor !== undefined) return this.#judgeFile('write', name, input[editor]);
    if (name === 'Read') return this.#judgeFile('read', name, input['file_path']);
    if (name === 'Glob' || name === 'Grep') {
      return judgeSearch({ name, input, access, cwd: deps.currentDir?.() ?? deps.cwd });
    }
    return this.#judgeByRules(name, input);
  }

  #judgeFile(access: 'read' | 'write', tool: string, file: Json | undefined): Verdict {
    if (typeof file !== 'string' || file === '') return { kind: 'ask', why: 'it names no file' };
    // Tools count relative paths from where the last command left the session.
    const { currentDir, cwd } = this.#all.deps;
    return this.#all.access.judge(access, file, { tool, cwd: currentDir?.() ?? cwd });
  }

  /** Tools that only rules speak for: of the web, of servers, of others. */
  #judgeByRules(name: string, input: Readonly<Record<string, Json>>): Verdict {
    const { rules, mode } = this.#all;
    const forbids = (rule: Rule): boolean =>
      forbidsTool(rule, name) && rule.pattern !== undefined && forbidsUse(rule, name, input);
    const denied = rules.deny.find(forbids);
    if (denied !== undefined) return { kind: 'deny', why: `the rule ${denied.text} denies it` };
    const asked = rules.ask.find(forbids);
    if (asked !== undefined) return { kind: 'ask', why: `the rule ${asked.text} asks before it` };
    if (mode === 'bypassPermissions') return { kind: 'allow', why: 'mode bypassPermissions' };
    const grants = (rule: Rule): boolean =>
      namesTool(rule, name) &&
      !leavesServerOpen(rule) &&
      (rule.pattern === undefined || grantsUse(rule, name, input));
    return rules.allow.some(grants)
      ? { kind: 'allow', why: 'a rule allows it' }
      : { kind: 'ask', why: 'no rule allows it' };
  }
}
