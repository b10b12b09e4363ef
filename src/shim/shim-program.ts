/** What the shim needs of the world. Not its streams: Node would make the pipes non-blocking for everybody who shares them. */
import type { Program } from '../core/program.ts';

type Part =
  | 'argv'
  | 'env'
  | 'cwd'
  | 'clock'
  | 'random'
  | 'nodePath'
  | 'distDir'
  | 'pid'
  | 'uid'
  | 'homeDir'
  | 'kill';

export interface ShimProgram extends Pick<Program, Part> {
  /** Of the Node that runs us: whichever was on the caller's PATH. */
  readonly nodeVersion: string;
  /** Calls `listener`, and none that was set before, for each such signal; after the returned function was called the signal has its default effect. */
  onSignal(signal: NodeJS.Signals, listener: () => void): () => void;
}

/** How the program ended that we stand for, and how we are to end. */
export type CallEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: NodeJS.Signals };
