/** `andwait gc`: makes room by removing old runs and bytecode, and says what it spared and why. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { letStartGo } from '../../agent/worktree/travel/held-start.ts';
import type { Program } from '../../core/program.ts';
import { collectGarbage } from '../../journal/collect-garbage.ts';
import { type KeptCode, keptCode, keptCodeDir, staleCode } from '../../journal/kept-code.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { megabytesText } from '../../report/text/figures.ts';
import { ageOf, sizeOf } from '../command-line/option-values.ts';
import { printLines } from '../print-lines.ts';
import type { GcOptions } from './gc-options.ts';

export async function gcCommand(options: GcOptions, program: Program): Promise<number> {
  const dryRun = options['dry-run'];
  const olderThanMs = ageOf('--older-than', options['older-than']);
  const state = stateDir(program);
  const verdicts = await collectGarbage(
    state,
    {
      olderThanMs,
      maxBytes: options['max-size'] === undefined ? null : sizeOf('--max-size', options['max-size']),
      keepFailed: options['keep-failed'],
      dryRun,
    },
    { now: program.clock.now() },
  );
  const gone = verdicts.filter(({ verdict }) => verdict === 'removed');
  const spared = verdicts.filter(({ verdict }) => verdict.startsWith('kept') || verdict === 'running');
  for (const { runId, repository } of dryRun ? [] : gone) {
    if (repository !== undefined) await letStartGo({ cwd: repository, env: program.env }, runId);
  }
  const code = removeCode(state, program, { maxAgeMs: olderThanMs, dryRun });
  const did = dryRun ? 'would remove' : 'removed';
  return await printLines(program, [
    ...gone.map(({ runId }) => `${did} ${runId}`),
    ...spared.map(({ runId, verdict }) => `spared ${runId} (${verdict.replace('kept: ', '')})`),
    ...(code.length === 0 ? [] : [`${did} bytecode of earlier programs, ${megabytesText(bytesOf(code))}`]),
    `${did} ${gone.length} of ${verdicts.length} runs, ${megabytesText(bytesOf(gone))}`,
  ]);
}

/** What of print mode's bytecode no call will take up, or only one of another andwait, which makes it anew. */
function removeCode(
  state: string,
  { clock, distDir }: Program,
  { maxAgeMs, dryRun }: { readonly maxAgeMs: number; readonly dryRun: boolean },
): readonly KeptCode[] {
  const kept = keptCode(keptCodeDir(state));
  if (kept.length === 0) return [];
  const stale = staleCode(kept, { now: clock.now(), maxAgeMs, hash: programHash(distDir) });
  if (!dryRun) for (const { file } of stale) rmSync(file, { force: true });
  return stale;
}

/** As the build names it. `undefined`: there is no such program here. */
function programHash(distDir: string): string | undefined {
  try {
    const text = readFileSync(path.join(distDir, 'print-program.js'));
    return createHash('sha256').update(text).digest('hex').slice(0, 16);
  } catch {
    return undefined;
  }
}

function bytesOf(things: readonly { readonly bytes: number }[]): number {
  return things.reduce((sum, { bytes }) => sum + bytes, 0);
}
