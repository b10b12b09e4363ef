/** What a running agent has told of its model and tokens: read before there is a result, which alone is to be believed in the end. */
import { addUsage, NO_USAGE, type Usage } from '../../core/outcome.ts';
import type { CallSoFar } from '../../core/progress.ts';
import type { AgentEvent } from '../../wire/events/event.ts';
import { turnUsage } from './account-of.ts';
import { objectOf, textOf } from './event-field.ts';

export class SoFar {
  #model: string | undefined;
  /** Of the messages that are over. */
  #before: Usage = NO_USAGE;
  /** Each block of a message comes as an event of its own, with the usage of the whole. */
  #message: { readonly id: string; readonly usage: Usage } | undefined;
  readonly #counted = new Set<string>();

  add(event: AgentEvent): void {
    if (event['type'] === 'system' && event['subtype'] === 'init') {
      this.#model = textOf(event['model']) ?? this.#model;
    }
    const usage = event['type'] === 'assistant' ? objectOf(objectOf(event['message'])?.['usage']) : undefined;
    if (usage === undefined) return;
    const id = textOf(objectOf(event['message'])?.['id']) ?? '';
    if (this.#message?.id !== id) {
      // A sub-agent's message came in between: counted before it was whole, and not twice.
      if (this.#counted.has(id)) return;
      if (this.#message !== undefined) this.#before = addUsage(this.#before, this.#message.usage);
      this.#counted.add(id);
    }
    this.#message = { id, usage: turnUsage(usage) };
  }

  get value(): CallSoFar {
    const usage = this.#message === undefined ? this.#before : addUsage(this.#before, this.#message.usage);
    return { usage, model: this.#model };
  }
}
