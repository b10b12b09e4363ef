/** Which tools a session used, how often they failed, and what the first failures said. */
import type { JsonObject } from '../../core/json.ts';
import { textAt } from '../claude-run/told.ts';
import { refusalIn, resultText } from './user-input.ts';

export interface ToolCount {
  readonly name: string;
  readonly calls: number;
  readonly failures: number;
}

const MAX_NAMES = 60;
const MAX_NAME_CHARACTERS = 80;
const OTHERS = 'other tools';
/** Calls whose answer is still to come: more are open at once in no session. */
const MAX_OPEN = 1000;
const MAX_SAMPLES = 5;
const SAMPLE_CHARACTERS = 2000;

export class ToolTally {
  readonly #counts = new Map<string, { calls: number; failures: number }>();
  readonly #open = new Map<string, string>();
  readonly #samples: { readonly tool: string; readonly text: string }[] = [];
  /** Calls that the person would not have. */
  refused = 0;

  called(block: JsonObject): void {
    const name = this.#nameOf(textAt(block, 'name') ?? OTHERS);
    this.#countOf(name).calls += 1;
    const id = textAt(block, 'id');
    if (id !== undefined && this.#open.size < MAX_OPEN)
      this.#open.set(id.slice(0, MAX_NAME_CHARACTERS), name);
  }

  /** What the answer says of the person, if anything. */
  answered(result: JsonObject): 'interrupted' | 'refused' | undefined {
    const id = (textAt(result, 'tool_use_id') ?? '').slice(0, MAX_NAME_CHARACTERS);
    const tool = this.#open.get(id) ?? OTHERS;
    this.#open.delete(id);
    if (result['is_error'] !== true) return undefined;
    const refusal = refusalIn(result);
    if (refusal === 'refused') this.refused += 1;
    if (refusal === undefined) this.#failed(tool, resultText(result).slice(0, SAMPLE_CHARACTERS));
    return refusal;
  }

  /** Most used first, then by name. */
  get counts(): readonly ToolCount[] {
    return [...this.#counts]
      .map(([name, count]) => ({ name, ...count }))
      .sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
  }

  /** The first failures that differ. */
  get samples(): readonly { readonly tool: string; readonly text: string }[] {
    return this.#samples;
  }

  #failed(tool: string, text: string): void {
    this.#countOf(tool).failures += 1;
    const isNew = !this.#samples.some((sample) => sample.text === text);
    if (isNew && this.#samples.length < MAX_SAMPLES) this.#samples.push({ tool, text });
  }

  #nameOf(name: string): string {
    const short = name.slice(0, MAX_NAME_CHARACTERS);
    return this.#counts.has(short) || this.#counts.size < MAX_NAMES ? short : OTHERS;
  }

  #countOf(name: string): { calls: number; failures: number } {
    const count = this.#counts.get(name) ?? { calls: 0, failures: 0 };
    this.#counts.set(name, count);
    return count;
  }
}
