/** Whether a rule's path pattern speaks for a file: gitignore's language, anchored by how the pattern begins. */
import path from 'node:path';
import ignore from 'ignore';
import { type Place, realPath } from './real-path.ts';
import type { Rule } from './rule.ts';

export interface Anchors {
  readonly cwd: string;
  /** The folder that `cwd` stands in for: what is forbidden here is forbidden there, too. */
  readonly configRoot?: string | undefined;
  readonly homeDir: string | undefined;
}

/** `//x` from the root, `~/x` from home, `/x` from where the rule was written, anything else from the working directory. */
function anchored(rule: Rule, { cwd, homeDir }: Anchors): { base: string; pattern: string } | undefined {
  const pattern = rule.pattern ?? '**';
  if (pattern.startsWith('//')) return { base: '/', pattern: pattern.slice(1) };
  if (pattern === '~' || pattern.startsWith('~/')) {
    return homeDir === undefined ? undefined : { base: homeDir, pattern: pattern.slice(1) || '/**' };
  }
  if (pattern.startsWith('/')) return { base: rule.base, pattern };
  if (pattern === '.' || pattern === './') return { base: cwd, pattern: '/**' };
  return pattern.startsWith('./') ? { base: cwd, pattern: pattern.slice(1) } : { base: cwd, pattern };
}

/** To grant, a pattern must speak for everything the path may lead to. */
export function grantsPath(rule: Rule, place: Place, anchors: Anchors): boolean {
  if (rule.pattern === undefined) return true;
  const anchor = anchored(rule, anchors);
  const base = anchor && realPath(anchor.base);
  if (anchor === undefined || base === undefined || place.reals.length === 0) return false;
  const { pattern } = anchor;
  // What a negative pattern takes back it does not grant.
  if (pattern.startsWith('!')) return false;
  return place.reals.every((file) => speaksFor({ base, pattern, file, ignorecase: false }));
}

/** To forbid, it is enough that it speaks for the path as written, or for one that it may lead to. */
export function forbidsPath(rule: Rule, place: Place, anchors: Anchors): boolean {
  if (rule.pattern === undefined) return true;
  return [anchored(rule, anchors), anchoredAtRoot(rule, anchors)].some((anchor) => {
    if (anchor === undefined) return false;
    const { pattern } = anchor;
    const bases = [anchor.base, realPath(anchor.base) ?? anchor.base];
    return bases.some((base) =>
      [place.shown, ...place.reals].some((file) => speaksFor({ base, pattern, file, ignorecase: true })),
    );
  });
}

function anchoredAtRoot(rule: Rule, { cwd, configRoot, homeDir }: Anchors): ReturnType<typeof anchored> {
  if (configRoot === undefined || configRoot === cwd) return undefined;
  const up = path.relative(cwd, rule.base);
  const isAbove = rule.base !== '/' && /^(\.\.(\/\.\.)*)?$/.test(up);
  const base = isAbove ? path.resolve(configRoot, up) : rule.base;
  return anchored({ ...rule, base }, { cwd: configRoot, homeDir });
}

interface Question {
  readonly base: string;
  readonly pattern: string;
  readonly file: string;
  readonly ignorecase: boolean;
}

function speaksFor({ base, pattern, file, ignorecase }: Question): boolean {
  const relative = path.relative(base, file);
  if (relative === '') return /^\/?\*\*?$/.test(pattern);
  if (relative === '..' || relative.startsWith('../')) return false;
  const rules = ignore({ ignorecase }).add({ pattern });
  return rules.ignores(relative) || rules.ignores(`${relative}/`);
}
