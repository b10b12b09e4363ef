/**
 * How long an agent may say nothing. While a tool of its runs it has nothing to say, and while it waits out what its API
 * asked it to wait, neither: both are known from its events. Of a caller without events, its bytes must do.
 */
import type { Clock } from '../../core/ports.ts';
import type { AgentEvent, StreamItem } from '../../wire/events/event.ts';
import { amountOf, contentOf, objectsOf, textOf } from '../outcome/event-field.ts';

export interface SilenceDeps {
  /** `null`: for ever. */
  readonly limitMs: number | null;
  readonly clock: Clock;
  /** Called at most once. */
  readonly silent: (limitMs: number) => void;
}

/** Contract: counts from its making on; holds no timer after `over`, whatever is heard later. */
export class SilenceLimit {
  readonly #deps: SilenceDeps;
  /** Tool calls without their result; those of agents that the agent started, too. */
  readonly #tools = new Set<string>();
  #backgroundTasks = 0;
  #isOver = false;
  #cancel = (): void => {};

  constructor(deps: SilenceDeps) {
    this.#deps = deps;
    this.#again(0);
  }

  heard(item: StreamItem): void {
    this.#again(item.kind === 'event' ? this.#add(item.event) : 0);
  }

  heardBytes(): void {
    this.#again(0);
  }

  over(): void {
    this.#isOver = true;
    this.#cancel();
  }

  /** How much longer than the limit it may now be silent. */
  #add(event: AgentEvent): number {
    switch (event['type']) {
      case 'assistant':
        for (const block of contentOf(event)) {
          const id = block['type'] === 'tool_use' ? textOf(block['id']) : undefined;
          if (id !== undefined) this.#tools.add(id);
        }
        return 0;
      case 'user':
        for (const { tool_use_id: id } of contentOf(event)) this.#tools.delete(textOf(id) ?? '');
        return 0;
      case 'result':
        // What its turn left open nobody waits for.
        this.#tools.clear();
        return 0;
      case 'system':
        return this.#addSystemEvent(event);
      default:
        return 0;
    }
  }

  #addSystemEvent(event: AgentEvent): number {
    if (event['subtype'] === 'background_tasks_changed') {
      this.#backgroundTasks = objectsOf(event['tasks']).length;
    }
    return event['subtype'] === 'api_retry' ? (amountOf(event['retry_delay_ms']) ?? 0) : 0;
  }

  #again(moreMs: number): void {
    this.#cancel();
    const { limitMs, clock, silent } = this.#deps;
    const isAtWork = this.#tools.size > 0 || this.#backgroundTasks > 0;
    if (limitMs === null || isAtWork || this.#isOver) return;
    this.#cancel = clock.after(limitMs + moreMs, () => {
      this.over();
      silent(limitMs);
    });
  }
}
