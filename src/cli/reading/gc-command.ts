/** `andwait gc`: makes room by removing old runs, and says what it spared and why. */
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { collectGarbage } from '../../journal/collect-garbage.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { printLines } from '../print-lines.ts';
import type { GcOptions } from './reading-options.ts';

export async function gcCommand(options: GcOptions, program: Program): Promise<number> {
  const dryRun = options['dry-run'];
  const verdicts = await collectGarbage(
    stateDir(program),
    {
      olderThanMs: ageOf(options['older-than']),
      maxBytes: options['max-size'] === undefined ? null : sizeOf(options['max-size']),
      keepFailed: options['keep-failed'],
      dryRun,
    },
    { now: program.clock.now() },
  );
  const gone = verdicts.filter(({ verdict }) => verdict === 'removed');
  const spared = verdicts.filter(({ verdict }) => verdict.startsWith('kept') || verdict === 'running');
  const bytes = gone.reduce((sum, run) => sum + run.bytes, 0);
  const did = dryRun ? 'would remove' : 'removed';
  return await printLines(program, [
    ...gone.map(({ runId }) => `${did} ${runId}`),
    ...spared.map(({ runId, verdict }) => `spared ${runId} (${verdict.replace('kept: ', '')})`),
    `${did} ${gone.length} of ${verdicts.length} runs, ${(bytes / 1e6).toFixed(1)} MB`,
  ]);
}

const AGE_MS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

function ageOf(text: string): number {
  const [, count, unit] = /^(\d+)([hdw])$/.exec(text) ?? [];
  if (count === undefined) {
    throw new UserError(
      `--older-than ${JSON.stringify(text)}: expected hours, days or weeks, as in 12h, 30d, 8w`,
    );
  }
  return Number(count) * AGE_MS[unit as keyof typeof AGE_MS];
}

const SIZE_BYTES = { K: 1e3, M: 1e6, G: 1e9 } as const;

function sizeOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([KMG])$/.exec(text) ?? [];
  if (count === undefined) {
    throw new UserError(`--max-size ${JSON.stringify(text)}: expected a size, as in 500M or 2G`);
  }
  return Number(count) * SIZE_BYTES[unit as keyof typeof SIZE_BYTES];
}
