/** Glob and Grep: they may look wherever Read may. What is not to be read they leave out by themselves. */
import path from 'node:path';
import type { Json } from '../../core/json.ts';
import type { FileAccess, Verdict } from './file-access.ts';

export interface Search {
  readonly name: 'Glob' | 'Grep';
  readonly input: Readonly<Record<string, Json>>;
  readonly access: FileAccess;
  /** Where the session stands. */
  readonly cwd: string;
}

export function judgeSearch({ name, input, access, cwd }: Search): Verdict {
  const given = input['path'];
  const folder = typeof given === 'string' && given !== '' ? given : cwd;
  const verdict = access.judge('read', folder, { tool: name, cwd });
  if (verdict.kind !== 'allow') return verdict;
  const pattern = name === 'Glob' ? input['pattern'] : undefined;
  if (typeof pattern === 'string') {
    const start = /^[^*?[{(!+@]*\//.exec(pattern)?.[0] ?? '';
    if (pattern.slice(start.length).includes('..'))
      return { kind: 'ask', why: `${pattern} may lead out of ${folder}` };
    const from = access.judge('read', path.resolve(cwd, folder, start), { tool: name });
    if (from.kind !== 'allow') return from;
  }
  return verdict;
}
