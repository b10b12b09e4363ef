/** What a call was asked and what its agent did, kept small: the beginning and the end of its work, whatever lies between. */
import type { JsonObject } from '../../core/json.ts';
import type { StreamItem } from '../../wire/events/event.ts';
import { blocksAt, objectAt, textAt } from './event-reading.ts';
import { type Step, TranscriptWords } from './transcript-words.ts';

export interface CallStory {
  /** As far as it is kept; `undefined` where it was not recorded. Not made safe: whoever shows it does that. */
  readonly prompt: string | undefined;
  readonly promptCharacters: number;
  /** Without the prompt and the figures of the end. */
  readonly firstSteps: readonly Step[];
  /** How many are not kept between the first and the last ones. */
  readonly stepsBetween: number;
  readonly lastSteps: readonly Step[];
  /** Of the steps that are kept. */
  readonly stepCharacters: number;
  /** How often each tool was used, sub-agents' uses included. */
  readonly tools: ReadonlyMap<string, number>;
  /** Its record is longer than what was read of it: there may be more of all. */
  readonly isBeginning: boolean;
}

/** They are told elsewhere. */
const UNTOLD_LABELS = new Set(['done', 'agent']);

/** Contract: `add` takes every item of one record, in order; whatever comes, it keeps at most twice `maxCharacters`. */
export class CallStoryFold {
  readonly #maxCharacters: number;
  readonly #words = new TranscriptWords();
  readonly #first: Step[] = [];
  #firstCharacters = 0;
  #last: Step[] = [];
  #lastCharacters = 0;
  #between = 0;
  #prompt: string | undefined;
  #promptCharacters = 0;
  readonly #tools = new Map<string, number>();

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  add(item: StreamItem): void {
    if (item.kind === 'event') {
      if (this.#isPrompt(item.event)) return;
      this.#countTools(item.event);
    }
    for (const step of this.#words.steps(item)) if (!UNTOLD_LABELS.has(step.label)) this.#keep(step);
  }

  story(isBeginning: boolean): CallStory {
    return {
      prompt: this.#prompt,
      promptCharacters: this.#promptCharacters,
      firstSteps: this.#first,
      stepsBetween: this.#between,
      lastSteps: this.#last,
      stepCharacters: this.#firstCharacters + this.#lastCharacters,
      tools: this.#tools,
      isBeginning,
    };
  }

  #isPrompt(event: JsonObject): boolean {
    if (textAt(event, 'type') !== 'andwait/call') return false;
    const prompt = textAt(event, 'prompt') ?? '';
    this.#prompt = prompt.slice(0, this.#maxCharacters);
    this.#promptCharacters = prompt.length;
    return true;
  }

  #countTools(event: JsonObject): void {
    if (textAt(event, 'type') !== 'assistant') return;
    for (const block of blocksAt(objectAt(event, 'message'), 'content')) {
      const type = textAt(block, 'type');
      if (type !== 'tool_use' && type !== 'server_tool_use') continue;
      const name = (textAt(block, 'name') ?? 'a tool without a name').slice(0, 100);
      if (this.#tools.has(name) || this.#tools.size < MAX_TOOL_NAMES) {
        this.#tools.set(name, (this.#tools.get(name) ?? 0) + 1);
      }
    }
  }

  #keep(step: Step): void {
    const half = this.#maxCharacters / 2;
    const kept = bounded(step, half);
    const size = sizeOf(kept);
    if (this.#between === 0 && this.#last.length === 0 && this.#firstCharacters + size <= half) {
      this.#first.push(kept);
      this.#firstCharacters += size;
      return;
    }
    this.#last.push(kept);
    this.#lastCharacters += size;
    // Cut to half when it is twice that: each step is then moved but a few times, however many come.
    if (this.#lastCharacters <= this.#maxCharacters) return;
    let dropped = 0;
    while (this.#lastCharacters > half && dropped < this.#last.length - 1) {
      this.#lastCharacters -= sizeOf(this.#last[dropped] ?? kept);
      dropped += 1;
    }
    this.#last = this.#last.slice(dropped);
    this.#between += dropped;
  }
}

/** A hostile agent could name a million. */
const MAX_TOOL_NAMES = 100;

/** A step costs more than its text where there are many of them. */
const STEP_CHARACTERS = 40;

function sizeOf({ lines }: Step): number {
  return lines.reduce((sum, line) => sum + line.length + 1, STEP_CHARACTERS);
}

/** An agent's own text is told whole elsewhere. */
function bounded(step: Step, maxCharacters: number): Step {
  if (sizeOf(step) <= maxCharacters) return step;
  const lines: string[] = [];
  let left = maxCharacters - STEP_CHARACTERS - 2;
  for (const line of step.lines) {
    if (left <= 0) break;
    lines.push(line.slice(0, left));
    left -= line.length + 1;
  }
  return { ...step, lines: [...lines, '…'] };
}
