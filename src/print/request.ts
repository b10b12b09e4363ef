/** One call of print mode, its prompt read: what answers it is told this and nothing else. */
import type { Program } from '../core/program.ts';
import type { AgentEvent } from '../wire/event.ts';
import type { PrintOptions } from './options.ts';

export interface PrintRequest {
  readonly program: Program;
  readonly options: PrintOptions;
  readonly prompt: string;
  readonly emit: (event: AgentEvent) => Promise<void>;
  readonly signal: AbortSignal;
}

export type PrintOutcome =
  | { readonly kind: 'done'; readonly result: AgentEvent }
  /** Nothing was written but this message is due on stderr. */
  | { readonly kind: 'refused'; readonly message: string };
