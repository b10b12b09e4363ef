/** Takes the value a call's schema asks for from the model: a tool whose input is the answer. */
import type { Json, JsonObject } from '../../core/json.ts';
import { STRUCTURED_OUTPUT_TOOL } from '../../wire/events/event.ts';
import type { ToolSpec } from '../api/model.ts';
import { type Tool, type ToolResult, toolError } from './tool.ts';

/** Measured. */
const MAX_ATTEMPTS = 5;

export const STRUCTURED_OUTPUT_INSTRUCTION = `When your answer is ready, hand it over by calling the ${STRUCTURED_OUTPUT_TOOL} tool, once, with input that matches its schema. An answer written as text is not received.`;

export const STRUCTURED_OUTPUT_REMINDER = `Your answer was not received: call the ${STRUCTURED_OUTPUT_TOOL} tool now, with input that matches its schema.`;

export class StructuredOutput implements Tool {
  readonly spec: ToolSpec;
  readonly isReadOnly = false;
  readonly #check: (value: Json) => string | undefined;
  #accepted: Json | undefined;
  #attempts = 0;
  #lastMismatch: string | undefined;

  constructor(schema: JsonObject, check: (value: Json) => string | undefined) {
    this.#check = check;
    this.spec = {
      name: STRUCTURED_OUTPUT_TOOL,
      description: 'Hands over the final answer. Call it once, at the end, with the whole answer as input.',
      inputSchema: schema,
    };
  }

  /** A new turn asks for a value of its own. */
  begin(): void {
    this.#accepted = undefined;
    this.#attempts = 0;
    this.#lastMismatch = undefined;
  }

  async run(input: Json): Promise<ToolResult> {
    const mismatch = this.#check(input);
    if (mismatch !== undefined) {
      this.#attempts += 1;
      this.#lastMismatch = `Output does not match required schema: ${mismatch}`;
      return toolError(this.#lastMismatch);
    }
    this.#accepted = input;
    const content = 'Structured output provided successfully';
    return { content, isError: false, forPrograms: content };
  }

  /** The value that matched; of several in one reply the last. */
  get accepted(): Json | undefined {
    return this.#accepted;
  }

  get isExhausted(): boolean {
    return this.#attempts >= MAX_ATTEMPTS;
  }

  /** Why there is no value, for the result event. */
  get neverMet(): string {
    if (this.#lastMismatch === undefined) {
      return `Failed to provide structured output: the model answered in text and did not call ${STRUCTURED_OUTPUT_TOOL} when it was reminded`;
    }
    const attempts = `${this.#attempts} ${this.#attempts === 1 ? 'attempt' : 'attempts'}`;
    return `Failed to provide valid structured output after ${attempts} — last StructuredOutput error: ${this.#lastMismatch}`;
  }
}
