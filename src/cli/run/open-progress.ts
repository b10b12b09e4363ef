/** Chooses how progress is shown: a live tree on a terminal, plain lines elsewhere. */
import type { Program } from '../../core/program.ts';
import type { ProgressSink } from '../../report/progress/progress-sink.ts';
import type { TerminalSize } from '../../report/progress/screen-region.ts';

/** Set by people who want no colour anywhere (no-color.org); any value but the empty one counts. */
export const NO_COLOR = 'NO_COLOR';
/** Set by people whose pipe ends in something that understands colour. */
export const FORCE_COLOR = 'FORCE_COLOR';
/** Set by the terminal; `dumb` cannot move its cursor. */
export const TERM = 'TERM';

export async function openProgress({ stderr, env, clock }: Program): Promise<ProgressSink> {
  if (isScreen(stderr, env)) {
    const { LiveTree } = await import('../../report/progress/live-tree.ts');
    return new LiveTree({ out: stderr, size: sizeOf(stderr), clock, colour: wantsColour(env) });
  }
  const { plainProgress } = await import('../../report/progress/plain-progress.ts');
  return plainProgress({ out: stderr, clock });
}

/** A terminal that can move its cursor. */
export function isScreen(stream: Program['stdout'], env: Program['env']): boolean {
  return stream.isTTY === true && env[TERM] !== 'dumb';
}

export function sizeOf(stream: Program['stdout']): () => TerminalSize {
  return () => ({ columns: stream.columns ?? 80, rows: stream.rows ?? 24 });
}

export function wantsColour(env: Program['env']): boolean {
  if (env[FORCE_COLOR]) return env[FORCE_COLOR] !== '0';
  return !env[NO_COLOR];
}
