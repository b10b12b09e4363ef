/** What a script's text tells of what it will do, read without running it: coarse where only a run can know. */
import type { Meta } from '../read-meta.ts';

export interface Explanation {
  readonly meta: Meta;
  /** In the order in which they are come across; one that is reached from two places stands twice. */
  readonly steps: readonly Step[];
  /** Fields of `args`; `args` itself where it is taken whole. */
  readonly args: readonly string[];
  /** Members of `budget`. */
  readonly budget: readonly string[];
  /** What the script's own `return`s give back. */
  readonly returns: readonly Returned[];
  readonly warnings: readonly Warning[];
}

export type Step = AgentStep | WorkflowStep;

export interface AgentStep {
  readonly kind: 'agent';
  readonly line: number;
  /** Its beginning, `…` for what only a run knows. */
  readonly prompt: string;
  readonly label: string | undefined;
  readonly phase: string | undefined;
  /** Names of the schema's fields, none where the text does not tell them; `undefined` without a schema. */
  readonly schema: readonly string[] | undefined;
  readonly model: string | undefined;
  readonly effort: string | undefined;
  readonly isolation: string | undefined;
  readonly agentType: string | undefined;
  readonly within: readonly Enclosure[];
}

export interface WorkflowStep {
  readonly kind: 'workflow';
  readonly line: number;
  /** Name or path, as far as the text tells. */
  readonly ref: string;
  readonly phase: string | undefined;
  readonly within: readonly Enclosure[];
}

/** What stands around a call, outermost first. */
export interface Enclosure {
  readonly kind: 'loop' | 'each' | 'parallel' | 'pipeline' | 'condition' | 'function';
  readonly line: number;
  /** `for each of args.files`, `while (dry < 2)`, `pipeline over files, stage 2`. */
  readonly words: string;
  readonly bound: Bound;
}

export type Bound =
  /** As often as a list is long. */
  | { readonly kind: 'list'; readonly times: number | undefined }
  /** A counter that only moves one way is compared; `words` is that comparison. */
  | { readonly kind: 'counted'; readonly times: number | undefined; readonly words: string }
  /** Until the output tokens are spent: without a budget of the run there is no end. */
  | { readonly kind: 'budget'; readonly asksForTotal: boolean }
  | { readonly kind: 'none' }
  /** It repeats nothing. */
  | { readonly kind: 'once' };

export interface Returned {
  readonly line: number;
  readonly words: string;
}

export interface Warning {
  readonly line: number;
  readonly message: string;
}
