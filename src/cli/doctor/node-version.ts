/** The Node that runs us: older ones fail in odd places, long after they were started. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Check } from './finding.ts';

const LEAST = [20, 19] as const;

/** Asked of the program itself: who else knows is `process`, which is the edges' alone. */
export const checkNode: Check = async ({ nodePath }) => {
  const about = 'node';
  const asked = promisify(execFile)(nodePath, ['--version'], { env: {} });
  const answer = await asked.then(({ stdout }) => stdout.trim()).catch((error: Error) => error.message);
  if (isEnough(answer)) return [{ about, level: 'ok', message: `Node ${answer.slice(1)} (${nodePath})` }];
  return [
    {
      about,
      level: 'problem',
      message: `${nodePath} says it is ${JSON.stringify(answer)}; ${LEAST.join('.')} or later is needed`,
      remedy: 'install Node 22 or 24, and put it first on PATH',
    },
  ];
};

/** `v22.3.0`. */
export function isEnough(answer: string): boolean {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(answer) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > LEAST[0] || (Number(major) === LEAST[0] && Number(minor) >= LEAST[1]);
}
