/** One call of print mode: what answers it is told this and nothing else. */
import type { Program } from '../core/program.ts';
import type { AgentEvent, ContentBlock } from '../wire/events/event.ts';
import type { EventStamp } from '../wire/events/event-writer.ts';
import type { PermissionMode } from './flags/flag-table.ts';
import type { PrintOptions } from './options.ts';
import type { PermissionAsker } from './session/tool-calls.ts';
import type { LoadWorkflowRunner } from './workflows/workflow-runner.ts';

export interface ConversationRequest {
  readonly program: Program;
  readonly options: PrintOptions;
  readonly emit: (event: AgentEvent) => Promise<void>;
  /** Asked for permissions; `undefined` where there is nobody to ask. */
  readonly asker: PermissionAsker | undefined;
  /** `undefined` where no workflow can be run. */
  readonly loadRunner: LoadWorkflowRunner | undefined;
}

/** A call whose prompt was read. */
export interface PrintRequest extends Omit<ConversationRequest, 'asker'> {
  readonly prompt: string;
  readonly signal: AbortSignal;
}

export type PrintOutcome =
  | { readonly kind: 'done'; readonly result: AgentEvent }
  /** Nothing was written but this message is due on stderr. */
  | { readonly kind: 'refused'; readonly message: string };

/** What goes on between a user and a model, over one or many turns. */
export interface Conversation extends Disposable {
  readonly stamp: EventStamp;
  /**
   * One turn, one at a time. `onBegin` is called once its `init` event is written. Returns the `result` event. Rejects when
   * the program is to end.
   */
  turn(
    content: readonly ContentBlock[],
    signal: AbortSignal,
    onBegin?: () => Promise<void>,
  ): Promise<AgentEvent>;
  /** From the next request on. Returns the id that the name stands for. */
  setModel(name: string | undefined): string;
  /** Returns why not, where settings forbid it. */
  setPermissionMode(mode: PermissionMode): string | undefined;
}

export type ConversationOpening =
  | { readonly kind: 'ready'; readonly conversation: Conversation }
  | { readonly kind: 'refused'; readonly message: string };
