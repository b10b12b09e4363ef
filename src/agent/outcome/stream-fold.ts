/** Folds an agent's stream, item by item, into the facts that outlive it: no event is kept but the last result. */
import type { JsonObject } from '../../core/json.ts';
import { type AgentEvent, STRUCTURED_OUTPUT_TOOL, type StreamItem } from '../../wire/events/event.ts';
import type { StreamFacts } from './agent-facts.ts';
import { contentOf, objectOf, textOf } from './event-field.ts';

/** The real program's own words when a turn is interrupted: `… by user]`, `… by user for tool use]`. */
const INTERRUPTED = '[Request interrupted by user';

export type StreamStage =
  | 'before-result'
  /** It gave a result and works on: another turn has begun, or will when its background commands have ended. */
  | 'between-results'
  | 'after-result';

export class StreamFold {
  #result: JsonObject | undefined;
  #modelsSince: readonly JsonObject[] | undefined = [];
  #model: string | undefined;
  #sessionId: string | undefined;
  #lastText: string | undefined;
  #lastValue: string | undefined;
  #saidInterrupted = false;
  #malformedLines = 0;
  #malformedStart: string | undefined;
  #tooLongLines = 0;
  #turnIsOpen = false;
  #backgroundTasks = 0;

  add(item: StreamItem): void {
    switch (item.kind) {
      case 'event':
        this.#addEvent(item.event);
        return;
      case 'malformed':
        this.#malformedLines += 1;
        this.#malformedStart ??= item.start;
        return;
      case 'too-long':
        this.#tooLongLines += 1;
        return;
    }
  }

  /** How far it is, going by what it said. */
  get stage(): StreamStage {
    if (this.#result === undefined) return 'before-result';
    return this.#turnIsOpen || this.#backgroundTasks > 0 ? 'between-results' : 'after-result';
  }

  facts(): StreamFacts {
    return {
      result: this.#result,
      modelsSince: this.#result === undefined ? undefined : this.#modelsSince,
      model: this.#model,
      sessionId: this.#sessionId,
      lastText: this.#lastText,
      ...(this.#lastValue === undefined ? {} : { lastValue: this.#lastValue }),
      saidInterrupted: this.#saidInterrupted,
      malformedLines: this.#malformedLines,
      malformedStart: this.#malformedStart,
      tooLongLines: this.#tooLongLines,
    };
  }

  #addEvent(event: AgentEvent): void {
    switch (event['type']) {
      case 'result':
        this.#result = event;
        this.#addModels(objectOf(event['model_usage_since_last_result']));
        this.#turnIsOpen = false;
        return;
      case 'system':
        this.#addSystemEvent(event);
        return;
      case 'assistant':
        if (!isOwn(event)) return;
        this.#lastText = textBlocks(event) ?? this.#lastText;
        this.#lastValue = handedOver(event) ?? this.#lastValue;
        return;
      case 'user':
        if (isOwn(event)) this.#saidInterrupted = textBlocks(event)?.startsWith(INTERRUPTED) ?? false;
        return;
    }
  }

  #addModels(models: JsonObject | undefined): void {
    this.#modelsSince =
      models === undefined || this.#modelsSince === undefined ? undefined : [...this.#modelsSince, models];
  }

  #addSystemEvent(event: AgentEvent): void {
    switch (event['subtype']) {
      case 'init':
        this.#turnIsOpen = true;
        this.#model = textOf(event['model']) ?? this.#model;
        this.#sessionId = textOf(event['session_id']) ?? this.#sessionId;
        return;
      case 'background_tasks_changed': {
        const { tasks } = event;
        this.#backgroundTasks = Array.isArray(tasks) ? tasks.length : 0;
        return;
      }
    }
  }
}

/** Messages of agents that the agent started carry the id of the tool call that started them. */
function isOwn(event: AgentEvent): boolean {
  return textOf(event['parent_tool_use_id']) === undefined;
}

function handedOver(event: AgentEvent): string | undefined {
  const input = contentOf(event)
    .map(objectOf)
    .findLast((block) => block?.['type'] === 'tool_use' && block['name'] === STRUCTURED_OUTPUT_TOOL)?.[
    'input'
  ];
  return input === undefined ? undefined : JSON.stringify(input);
}

function textBlocks(event: AgentEvent): string | undefined {
  const texts = contentOf(event).flatMap((block) => textOf(objectOf(block)?.['text']) ?? []);
  return texts.length > 0 ? texts.join('\n') : undefined;
}
