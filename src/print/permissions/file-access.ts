/** What a session may do to one file: rules first, then whether it lies in the working directories, then what kind of file it is. */
import type { PermissionMode } from '../flags/flag-table.ts';
import { type Anchors, forbidsPath, grantsPath } from './path-rule.ts';
import { isProtected } from './protected-path.ts';
import { isWithin, type Place, placeOf, realPath } from './real-path.ts';
import { type Behavior, forbidsTool, type Rule, type RuleBook } from './rule.ts';
import { SecretFolders } from './secret-folders.ts';

export type Access = 'read' | 'write';

export interface Verdict {
  readonly kind: Behavior;
  readonly why: string;
}

/** Who asks: a tool, or a shell command that stands in `cwd`. */
export interface Asker {
  readonly cwd?: string;
  readonly tool?: string;
}

export interface FileAccessDeps extends Anchors {
  readonly rules: RuleBook;
  readonly mode: PermissionMode;
  /** As given; what they lead to counts too. */
  readonly workingDirs: readonly string[];
  /** Files that decide what is permitted: never written unasked, wherever they lie. */
  readonly settingsFiles: readonly string[];
  /** Absolute. The same, with all that is in them. */
  readonly keptFolders: readonly string[];
  /** Absolute. Neither read nor written unasked, with all that is in them. */
  readonly secretFolders: readonly string[];
  /** Absolute. What the session keeps for its model to read and change, wherever it lies. */
  readonly ownFolder: string | undefined;
}

/** A rule with a path, for one of these, speaks for all of them; without, the first does. */
const RULE_TOOLS: Readonly<Record<Access, readonly string[]>> = {
  read: ['Read', 'Glob', 'Grep'],
  write: ['Edit', 'Write', 'NotebookEdit', 'MultiEdit'],
};

const EDITS_ACCEPTED: ReadonlySet<PermissionMode> = new Set(['acceptEdits', 'auto']);

export class FileAccess {
  readonly #deps: FileAccessDeps;
  readonly #folders: readonly string[];
  readonly #secrets: SecretFolders;

  constructor(deps: FileAccessDeps) {
    this.#deps = deps;
    this.#secrets = new SecretFolders(deps.secretFolders);
    this.#folders = deps.workingDirs.map((dir) => realPath(dir)).filter((dir) => dir !== undefined);
  }

  judge(access: Access, given: string, { cwd = this.#deps.cwd, tool }: Asker = {}): Verdict {
    const place = placeOf(given, cwd);
    const { shown } = place;
    const verb = access === 'read' ? 'read' : 'write';
    // Who may not read a file is not to learn or change it by an edit either.
    const denied =
      this.#forbidding('deny', access, place, tool) ??
      this.#forbidding('deny', 'read', place, undefined, true);
    if (denied !== undefined) return { kind: 'deny', why: `the rule ${denied} denies to ${verb} ${shown}` };
    if (this.#deps.mode === 'bypassPermissions') return { kind: 'allow', why: 'mode bypassPermissions' };
    const asked = this.#forbidding('ask', access, place, tool);
    if (asked !== undefined)
      return { kind: 'ask', why: `the rule ${asked} asks before one may ${verb} ${shown}` };
    if (access === 'write' && this.#deps.mode === 'plan') {
      return { kind: 'deny', why: `${shown} is not written in mode plan` };
    }
    if (place.reals.length === 0) return { kind: 'ask', why: `it cannot be told where ${shown} leads` };
    if (this.#secrets.hold(place)) return { kind: 'ask', why: `${shown} belongs to andwait's own pool` };
    if (this.#isOwn(place)) return { kind: 'allow', why: 'it is kept by the session itself' };
    if (access === 'write' && this.#isProtected(place)) {
      return { kind: 'ask', why: `${shown} is a file that other programs run or obey` };
    }
    if (this.#isGranted(access, place, tool)) return { kind: 'allow', why: 'a rule allows it' };
    if (!this.isInside(place)) {
      return { kind: 'ask', why: `${describe(place)} lies outside the working directories` };
    }
    if (access === 'read' || EDITS_ACCEPTED.has(this.#deps.mode))
      return { kind: 'allow', why: 'working directory' };
    return { kind: 'ask', why: `nothing allows to ${verb} ${shown}` };
  }

  isInside({ reals }: Place): boolean {
    return reals.length > 0 && reals.every((file) => this.#folders.some((folder) => isWithin(file, folder)));
  }

  isProtected(given: string, cwd: string): boolean {
    return this.#isProtected(placeOf(given, cwd));
  }

  isSecret(given: string, cwd: string): boolean {
    return this.#secrets.hold(placeOf(given, cwd));
  }

  holdsSecret(given: string, cwd: string): boolean {
    return this.#secrets.lieIn(placeOf(given, cwd));
  }

  /** Whether rules keep some files from being read, whoever knows which. */
  get hidesByRule(): boolean {
    const { deny, ask } = this.#deps.rules;
    return [...deny, ...ask].some((rule) => forbids(rule, 'read', undefined));
  }

  /** Whether some files in the folder are not to be read: then what reads whole trees is asked about. */
  hidesWithin(given: string, cwd: string): boolean {
    if (this.hidesByRule) return true;
    if (this.#deps.mode === 'bypassPermissions') return false;
    const place = placeOf(given, cwd);
    return this.#secrets.lieIn(place) || this.#secrets.hold(place);
  }

  hides(absolute: string): boolean {
    const place = placeOf(absolute, '/');
    if (this.#deps.mode !== 'bypassPermissions' && this.#secrets.hold(place)) return true;
    return (['deny', 'ask'] as const).some(
      (behavior) => this.#forbidding(behavior, 'read', place, undefined) !== undefined,
    );
  }

  #isOwn({ reals }: Place): boolean {
    const { ownFolder } = this.#deps;
    const folder = ownFolder === undefined ? undefined : realPath(ownFolder);
    return folder !== undefined && reals.every((file) => isWithin(file, folder));
  }

  #isProtected(place: Place): boolean {
    const real = (file: string): string[] => [file, realPath(file) ?? file];
    const settings = this.#deps.settingsFiles.flatMap(real);
    const kept = this.#deps.keptFolders.flatMap(real);
    return [place.shown, ...place.reals].some((file) => isProtected(file, kept) || settings.includes(file));
  }

  #forbidding(
    behavior: 'deny' | 'ask',
    access: Access,
    place: Place,
    tool: string | undefined,
    onlyPaths = false,
  ): string | undefined {
    return this.#deps.rules[behavior].find(
      (rule) =>
        forbids(rule, access, tool) &&
        !(onlyPaths && rule.pattern === undefined) &&
        forbidsPath(rule, place, this.#deps),
    )?.text;
  }

  /** Who may write a file may read it. */
  #isGranted(access: Access, place: Place, tool: string | undefined): boolean {
    return this.#deps.rules.allow.some(
      (rule) =>
        (grants(rule, access, tool) || (access === 'read' && grants(rule, 'write', undefined))) &&
        grantsPath(rule, place, this.#deps),
    );
  }
}

/** Whether the rule speaks of such a use, whatever its path. */
function grants({ tool: named, pattern }: Rule, access: Access, tool: string | undefined): boolean {
  const [first, ...others] = RULE_TOOLS[access];
  return named === first || (pattern === undefined ? named === tool : others.includes(named));
}

function forbids(rule: Rule, access: Access, tool: string | undefined): boolean {
  const [first] = RULE_TOOLS[access];
  const isWhole = rule.pattern === undefined && first !== undefined;
  return grants(rule, access, tool) || (isWhole && forbidsTool(rule, first));
}

function describe({ shown, reals }: Place): string {
  const elsewhere = reals.filter((real) => real !== shown);
  return elsewhere.length === 0 ? shown : `${shown} (which leads to ${elsewhere.join(' or ')})`;
}
