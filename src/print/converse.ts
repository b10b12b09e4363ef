/** Answers a call with a real model: one turn of a conversation. */

import type { PrintOutcome, PrintRequest } from './request.ts';
import { openConversation } from './session/open-conversation.ts';

export async function runRequest({ prompt, signal, ...request }: PrintRequest): Promise<PrintOutcome> {
  const opening = await openConversation({ ...request, asker: undefined });
  if (opening.kind === 'refused') return opening;
  using conversation = opening.conversation;
  return { kind: 'done', result: await conversation.turn([{ type: 'text', text: prompt }], signal) };
}
