/** What is known of an agent when it is over: all that its outcome is folded from. */
import type { JsonObject } from '../../core/json.ts';

export interface AgentFacts {
  /** The last `result` event before the end. */
  readonly result: JsonObject | undefined;
  /** What each result told as new since the one before it: models and their use. `undefined` unless all of them did. */
  readonly modelsSince?: readonly JsonObject[] | undefined;
  readonly model: string | undefined;
  readonly sessionId: string | undefined;
  /** Text of the last message of the agent itself, not of an agent it started. */
  readonly lastText: string | undefined;
  /** JSON of the last value it handed over for the call's schema, accepted or not. */
  readonly lastValue?: string | undefined;
  /** It said that its turn was interrupted: what SIGINT leaves instead of a result, or before one. */
  readonly saidInterrupted: boolean;
  readonly malformedLines: number;
  /** First words of the first line that was not JSON. */
  readonly malformedStart: string | undefined;
  readonly tooLongLines: number;
  readonly stderrTail: string;
  readonly end: ProcessEnd;
  readonly endedBy: EndedBy | undefined;
  /** The call had a schema, so a reply needs a structured value. */
  readonly wantsStructured: boolean;
}

export type ProcessEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  /** It never ran; `message` says why and what to do. */
  | {
      readonly kind: 'not-started';
      readonly message: string;
      /** The call asks for more than a command line holds: it could be started nowhere. */
      readonly isTooLarge?: boolean;
    };

/** Why we ended it; the first reason wins. `undefined` when it ended by itself. */
export type EndedBy =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'timeout'; readonly limitMs: number }
  /** It said nothing for so long, and nothing explains it. */
  | { readonly kind: 'idle'; readonly limitMs: number }
  /** It had given its result, or closed its output, and went on living. */
  | { readonly kind: 'grace' };

/** What its stream told, before anything is known of its end. */
export type StreamFacts = Omit<AgentFacts, 'stderrTail' | 'end' | 'endedBy' | 'wantsStructured'>;
