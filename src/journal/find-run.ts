/** Finds runs in the state folder, by id or by the beginning of one. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type * as z from 'zod/mini';
import { UserError } from '../core/exit.ts';
import { NO_CALLS, type RunResult } from '../core/run.ts';
import { descriptionSchema, resultSchema } from './run-files-schema.ts';
import { type RunDescription, RunFolder } from './run-folder.ts';

/** Ids of all runs, newest first. Only folders are runs: a link could lead `gc` out of the state folder. */
export function runIds(stateDir: string): string[] {
  try {
    const entries = readdirSync(path.join(stateDir, 'runs'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory());
    return folders
      .map(({ name }) => name)
      .sort()
      .reverse();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UserError(`cannot read the runs in ${stateDir} (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** `20261124-standing`: calls that were made outside any run. Nobody means it by "the last run". */
export function isStandingRun(runId: string): boolean {
  return runId.endsWith('-standing');
}

export function findRun(stateDir: string, wanted: string): RunFolder {
  const ids = runIds(stateDir);
  const matches = ids.includes(wanted)
    ? [wanted]
    : ids.filter((id) => wanted !== '' && id.startsWith(wanted));
  const [found] = matches;
  if (matches.length === 1 && found !== undefined) return new RunFolder(stateDir, found);
  if (matches.length > 1) {
    throw new UserError(
      `${JSON.stringify(wanted)} is the beginning of ${matches.length} runs (${matches.slice(0, 3).join(', ')} …); write more of the id`,
    );
  }
  throw new UserError(
    `there is no run ${JSON.stringify(wanted)} in ${path.join(stateDir, 'runs')}; \`andwait list\` shows those there are`,
  );
}

/** `undefined`: the folder is being made, or its making was cut off. */
export function readDescription(folder: RunFolder): RunDescription | undefined {
  return readShaped(folder.descriptionFile, descriptionSchema) as RunDescription | undefined;
}

/** `undefined` while the run works, or when it was cut off. */
export function readResult(folder: RunFolder): RunResult | undefined {
  const result = readShaped(folder.resultFile, resultSchema) as RunResult | undefined;
  // Earlier versions counted fewer kinds of ends.
  const told: RunResult['calls'] | undefined = result?.calls;
  return result && told ? { ...result, calls: { ...NO_CALLS, ...told } } : result;
}

/** The value as it was written, unknown fields included; `undefined` without a file. */
function readShaped(file: string, schema: z.ZodMiniType): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`cannot read ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(file, (error as Error).message);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return value;
  const [issue] = parsed.error.issues;
  const wrong = issue?.code === 'invalid_type' ? `expected ${issue.expected}` : issue?.message;
  throw damaged(file, `${issue?.path.join('.') || 'the whole'}: ${wrong}`);
}

function damaged(file: string, problem: string): UserError {
  return new UserError(`${file} is damaged (${problem}); restore the file, or remove the run's folder`);
}
