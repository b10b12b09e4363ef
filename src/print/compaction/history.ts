/** All that was said, as the model is shown it, and about how many tokens that is. */
import type { ConversationMessage, ModelReply } from '../api/model.ts';
import { promptTokens } from '../models/token-usage.ts';
import { tokensOf } from './message-size.ts';

export class History {
  #messages: ConversationMessage[];
  /** As the API counted it: system prompt and tools are in it. `undefined` until it has. */
  #counted: number | undefined;
  /** What came after that. */
  #added = 0;

  /** `countedTokens`: what the API counted up to the last reply in `messages`. */
  constructor(messages: readonly ConversationMessage[], countedTokens?: number) {
    this.#messages = [...messages];
    this.#counted = countedTokens;
    const sinceReply = countedTokens === undefined ? 0 : lastReplyIndex(messages) + 1;
    this.#added = tokensOf(messages.slice(sinceReply));
  }

  get messages(): readonly ConversationMessage[] {
    return this.#messages;
  }

  get tokens(): number {
    return (this.#counted ?? 0) + this.#added;
  }

  add(message: ConversationMessage): void {
    this.#messages.push(message);
    this.#added += tokensOf([message]);
  }

  /** `message` is the part of the reply that is sent back. */
  addReply(message: ConversationMessage | undefined, { usage }: ModelReply): void {
    if (message !== undefined) this.#messages.push(message);
    const isCounted = usage.isUncounted !== true;
    this.#counted = isCounted ? promptTokens(usage) + usage.output : undefined;
    this.#added = isCounted ? 0 : tokensOf(this.#messages);
  }

  /** Puts other messages in the place of all. */
  replace(messages: readonly ConversationMessage[]): void {
    this.#messages = [...messages];
    this.#counted = undefined;
    this.#added = tokensOf(messages);
  }
}

function lastReplyIndex(messages: readonly ConversationMessage[]): number {
  return messages.findLastIndex(({ role }) => role === 'assistant');
}
