/** Where a conversation may be cut: a tool call is never parted from its answer, nor a prompt that waits from the conversation. */
import type { ConversationMessage } from '../api/model.ts';
import { tokensOf } from './message-size.ts';

export interface Split {
  /** Never empty of what the model said: without that there is nothing that a summary could shorten. */
  readonly summarised: readonly ConversationMessage[];
  readonly kept: readonly ConversationMessage[];
}

/** Keeps as many of the last messages as fit into `keptTokens`, and what cannot be left out; `undefined` where there is nothing to summarise. */
export function splitOf(messages: readonly ConversationMessage[], keptTokens: number): Split | undefined {
  const firstReply = messages.findIndex(({ role }) => role === 'assistant');
  if (firstReply < 0) return undefined;
  const cuts = [...messages.keys(), messages.length].filter(
    (cut) => cut > firstReply && mayCutAt(messages, cut),
  );
  const cut = cuts.find((at) => tokensOf(messages.slice(at)) <= keptTokens) ?? cuts.at(-1);
  return cut === undefined ? undefined : { summarised: messages.slice(0, cut), kept: messages.slice(cut) };
}

function mayCutAt(messages: readonly ConversationMessage[], cut: number): boolean {
  const before = messages[cut - 1];
  const after = messages[cut];
  if (before === undefined) return false;
  // At the end: all is told, and nobody waits for an answer but the tools' results.
  if (after === undefined) return before.role === 'assistant' || before.content.every(isResult);
  // A reply that goes on with another one is one reply.
  return after.role === 'assistant' ? before.role === 'user' : !after.content.some(isResult);
}

function isResult({ type }: { readonly type: string }): boolean {
  return type === 'tool_result';
}
