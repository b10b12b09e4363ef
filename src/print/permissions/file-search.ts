/** Glob and Grep: they may look wherever Read may, and are not to find what it may not. */
import path from 'node:path';
import type { Json } from '../../core/json.ts';
import type { FileAccess, Verdict } from './file-access.ts';

export interface Search {
  readonly name: 'Glob' | 'Grep';
  readonly input: Readonly<Record<string, Json>>;
  readonly access: FileAccess;
  readonly cwd: string;
  /** It leaves out what rules keep from being read. */
  readonly heedsRules: boolean;
}

export function judgeSearch({ name, input, access, cwd, heedsRules }: Search): Verdict {
  const given = input['path'];
  const folder = typeof given === 'string' && given !== '' ? given : cwd;
  const verdict = access.judge('read', folder, { tool: name });
  if (verdict.kind !== 'allow') return verdict;
  const pattern = name === 'Glob' ? input['pattern'] : undefined;
  if (typeof pattern === 'string') {
    const start = /^[^*?[{(!+@]*\//.exec(pattern)?.[0] ?? '';
    if (pattern.slice(start.length).includes('..'))
      return { kind: 'ask', why: `${pattern} may lead out of ${folder}` };
    const from = access.judge('read', path.resolve(cwd, folder, start), { tool: name });
    if (from.kind !== 'allow') return from;
  }
  if (name === 'Grep' && access.hidesFiles && !heedsRules) {
    return { kind: 'ask', why: 'it looks through files that rules keep from being read' };
  }
  return verdict;
}
