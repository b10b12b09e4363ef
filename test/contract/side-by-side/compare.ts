/** Finds where two shapes differ, part by part, and holds that against what was declared. */
import type { Json } from '../../../src/core/json.ts';
import type { Difference } from './case.ts';

export interface Found {
  readonly at: string;
  readonly claude: Json | undefined;
  readonly ours: Json | undefined;
}

export interface Verdict {
  /** Nobody decided these. */
  readonly undeclared: readonly Found[];
  /** Declared, and not there: the declaration has to go. */
  readonly vanished: readonly Difference[];
}

export function verdictOn(claude: Json, ours: Json, declared: readonly Difference[]): Verdict {
  const found = differencesOf(claude, ours);
  return {
    undeclared: found.filter(({ at }) => !declared.some((one) => covers(one, at))),
    vanished: declared.filter((one) => one.sometimes !== true && !found.some(({ at }) => covers(one, at))),
  };
}

/** What one side lacks altogether is one difference, however much it holds. */
function differencesOf(claude: Json | undefined, ours: Json | undefined, at = ''): Found[] {
  const [left, right] = [partsOf(claude), partsOf(ours)];
  if (left === undefined || right === undefined || Array.isArray(claude) !== Array.isArray(ours)) {
    return claude === ours ? [] : [{ at, claude, ours }];
  }
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) =>
    differencesOf(left[name], right[name], at === '' ? name : `${at}/${name}`),
  );
}

function partsOf(value: Json | undefined): Readonly<Record<string, Json | undefined>> | undefined {
  return typeof value === 'object' && value !== null ? ({ ...value } as Record<string, Json>) : undefined;
}

function covers({ at: pattern }: Difference, at: string): boolean {
  const parts = at.split('/');
  return pattern.split('/').every((wanted, index) => {
    const [start = '', end] = wanted.split('*');
    const part = parts[index] ?? '';
    return end === undefined ? part === wanted : part.startsWith(start) && part.endsWith(end);
  });
}
