/** Whether a plain `claude` reaches the pool: the first one on PATH counts, and it may be anybody's. */
import path from 'node:path';
import { claudeOnPath } from '../../agent/program/claude-on-path.ts';
import { shimsFolder } from '../shellenv/shims-folder.ts';
import type { Check, Finding } from './finding.ts';

const about = 'shim';
const FIRST = 'eval "$(andwait shellenv)", after everything else that changes PATH';

interface Claudes {
  /** Folders with a shim of ours, of any version. */
  readonly shims: readonly string[];
  /** Folders with another program of that name. */
  readonly others: readonly string[];
  readonly shimIsFirst: boolean;
}

export const checkShim: Check = async ({ env, distDir }) => {
  const own = shimsFolder(distDir);
  const { shims, others, shimIsFirst } = await claudesOn(env['PATH'], path.join(own, 'claude'));
  const [first] = shims;
  if (first === undefined) {
    const message = 'a plain `claude` is not pooled here, except below `andwait exec`';
    return [{ about, level: 'note', message, remedy: `to pool every one: ${FIRST}` }];
  }
  const found: Finding[] = [];
  if (!shimIsFirst) {
    const message = `${others[0]}/claude comes before andwait's shim in ${first}: its calls are not pooled`;
    found.push({ about, level: 'problem', message, remedy: FIRST });
  }
  if (shims.length > 1) {
    found.push({
      about,
      level: 'problem',
      message: `there are ${shims.length} shims on PATH, and only the first counts: ${shims.join(', ')}`,
      remedy: 'take the others out of PATH',
    });
  } else if (path.resolve(first) !== path.resolve(own)) {
    const message = `the shim on PATH is of another installation: ${first}, not ${own}`;
    found.push({ about, level: 'note', message, remedy: FIRST });
  }
  if (found.length > 0) return found;
  return [{ about, level: 'ok', message: `a plain \`claude\` is pooled (${first}/claude)` }];
};

/** The same folder twice is one: PATH often repeats itself. */
async function claudesOn(searchPath: string | undefined, shim: string): Promise<Claudes> {
  const shims: string[] = [];
  const others: string[] = [];
  let shimIsFirst = false;
  for (const folder of new Set((searchPath ?? '').split(path.delimiter))) {
    const found = await claudeOnPath(folder, shim);
    if (found.kind !== 'none') others.push(folder);
    else if (found.skippedShim) {
      shimIsFirst ||= shims.length + others.length === 0;
      shims.push(folder);
    }
  }
  return { shims, others, shimIsFirst };
}
