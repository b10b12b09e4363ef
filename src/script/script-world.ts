/** What a script may ask of the outside, as a port: the sandbox carries the questions, whoever runs the script answers them. */
import type { Json, JsonObject } from '../core/json.ts';
import type { RunError } from '../core/run.ts';

export interface AgentRequest {
  readonly prompt: string;
  /** What survived JSON inside the sandbox, of the options that exist; never trusted further than that. */
  readonly options: JsonObject;
}

export interface WorkflowRequest {
  readonly ref: Json;
  /** JSON text; `undefined` when the script passed none. */
  readonly argsJson: string | undefined;
}

/** What a call comes back as: a value in JSON text, or an error that is thrown inside the script. */
export type Answer =
  | { readonly kind: 'value'; readonly json: string }
  | {
      readonly kind: 'error';
      readonly name: string;
      readonly message: string;
      /** A cap refused the call: a script that lets this very error through ended because of the cap. */
      readonly cap: boolean;
    };

/**
 * Contract: calls arrive in the order the script made them, none after its end. A rejection, or a throw of the others, is a bug outside and ends the run with that error; what a call amounts to is an Answer.
 */
export interface ScriptWorld {
  agent(request: AgentRequest): Promise<Answer>;
  workflow(request: WorkflowRequest): Promise<Answer>;
  phase(title: string): void;
  log(text: string): void;
  /** `parallel` or `pipeline` made `null` of a call that a cap had refused. */
  capSwallowed(): void;
  /** Output tokens so far: told to the script with every answer, never taken back. */
  spentTokens(): number;
}

export type ScriptEnd =
  /** `json` is the JSON text of the returned value, `null` for nothing. */
  | { readonly kind: 'returned'; readonly json: string }
  | { readonly kind: 'threw'; readonly error: RunError; readonly cap: boolean }
  | { readonly kind: 'broke'; readonly reason: BreakReason; readonly message: string };

/** One reason per remedy. */
export type BreakReason =
  /** It worked on without ever waiting: split the work, or look for the endless loop. */
  | 'sync-limit'
  /** It held more memory than a script may: keep less, or give agents files instead of values. */
  | 'memory'
  /** Its process ended by itself. */
  | 'crashed'
  /** It logged, asked or set timers without end. */
  | 'flooded';
