/** A gate over a project that exists: files, links that lead out of it, and a secret outside. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PermissionMode } from '../../../../src/print/flags/flag-table.ts';
import {
  permissionGate,
  type SessionPermissions,
} from '../../../../src/print/permissions/permission-gate.ts';
import { parseRule, type Rule } from '../../../../src/print/permissions/rule.ts';
import { NO_SETTINGS, type Settings } from '../../../../src/print/settings/settings.ts';

export interface GateRig {
  readonly root: string;
  readonly project: string;
  readonly home: string;
  readonly outside: string;
}

/** `root/project` is where the session works; `root/outside` is none of its business. */
export function projectIn(root: string): GateRig {
  const rig = { root, project: `${root}/project`, home: `${root}/home`, outside: `${root}/outside` };
  for (const dir of [
    'project/src/deep',
    'project/.git/hooks',
    'project/.claude',
    'project/only',
    'home',
    'outside',
  ]) {
    mkdirSync(path.join(root, dir), { recursive: true });
  }
  writeFileSync(`${rig.project}/a.txt`, 'a\n');
  writeFileSync(`${rig.project}/src/b.txt`, 'b\n');
  writeFileSync(`${rig.project}/only/c.txt`, 'c\n');
  writeFileSync(`${rig.outside}/secret.txt`, 'topsecret\n');
  symlinkSync(rig.outside, `${rig.project}/link`);
  symlinkSync(`${rig.outside}/new.txt`, `${rig.project}/dangling`);
  symlinkSync(`${rig.project}/.git`, `${rig.project}/gitlink`);
  symlinkSync(`${rig.outside}/new.txt`, `${rig.project}/only/a.txt`);
  symlinkSync(`${rig.outside}/secret.txt`, `${rig.project}/only/b.txt`);
  symlinkSync(rig.outside, `${rig.project}/only/out`);
  symlinkSync('src/deep', `${rig.project}/deep`);
  symlinkSync(`${rig.outside}/new.txt`, `${rig.project}/c.md`);
  symlinkSync('loop', `${rig.project}/loop`);
  symlinkSync('a.txt', `${rig.project}/inner`);
  return rig;
}

export interface GateWish {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly ask?: readonly string[];
  readonly mode?: PermissionMode;
  readonly addDirs?: readonly string[];
  readonly currentDir?: string;
  readonly settings?: Partial<Settings>;
}

export async function gateFor(rig: GateRig, wish: GateWish): Promise<SessionPermissions> {
  const rules = (texts: readonly string[] = []): Rule[] =>
    texts.map((text) => {
      const rule = parseRule(text, rig.project);
      if (rule === undefined) throw new Error(`no rule: ${text}`);
      return rule;
    });
  return await permissionGate({
    settings: {
      ...NO_SETTINGS,
      rules: { allow: rules(wish.allow), ask: rules(wish.ask), deny: rules(wish.deny) },
      ...wish.settings,
    },
    mode: wish.mode,
    allowedTools: [],
    disallowedTools: [],
    addDirs: wish.addDirs ?? [],
    cwd: rig.project,
    homeDir: rig.home,
    ...(wish.currentDir === undefined ? {} : { currentDir: () => wish.currentDir ?? '' }),
    offersBash: true,
  });
}

export function bash(gate: SessionPermissions, command: string): 'allow' | 'ask' | 'deny' {
  return gate.decide({ name: 'Bash', input: { command }, useId: 'toolu_1' }).kind;
}
