/** Answers for tool calls that were never answered: the API takes no conversation in which one is left open. */
import type { ContentBlock } from '../../wire/events/event.ts';
import type { ConversationMessage } from '../api/model.ts';

const NOT_KNOWN =
  'No result of this call is known: the session ended first. It may have run, in part or in full: look before you start the same work again.';

/** For the calls of the last message; nothing when that is not the model's. */
export function answersToDangling(messages: readonly ConversationMessage[]): ContentBlock[] {
  const last = messages.at(-1);
  return last?.role === 'assistant' ? answersTo(last) : [];
}

/** The same conversation with every call answered in the message after it, and no answer to a call that is not there. */
export function withoutDangling(messages: readonly ConversationMessage[]): ConversationMessage[] {
  const whole: ConversationMessage[] = [];
  for (const message of messages) {
    const before = whole.at(-1);
    if (message.role === 'assistant') {
      if (before?.role === 'assistant') pushAnswers(whole, answersTo(before));
      whole.push(message);
      continue;
    }
    const asked = before?.role === 'assistant' ? answersTo(before) : [];
    const ids = new Set(asked.map((answer) => answer['tool_use_id']));
    const content = message.content.filter(
      (block) => block.type !== 'tool_result' || ids.has(block['tool_use_id']),
    );
    const answered = new Set(content.map((block) => block['tool_use_id']));
    const missing = asked.filter((answer) => !answered.has(answer['tool_use_id']));
    const all = [...missing, ...content];
    if (all.length > 0) whole.push({ role: 'user', content: all });
  }
  return whole;
}

function pushAnswers(messages: ConversationMessage[], answers: readonly ContentBlock[]): void {
  if (answers.length > 0) messages.push({ role: 'user', content: answers });
}

function answersTo({ content }: ConversationMessage): ContentBlock[] {
  return content
    .filter(({ type }) => type === 'tool_use')
    .map((block) => ({
      type: 'tool_result',
      tool_use_id: block['id'] ?? '',
      content: NOT_KNOWN,
      is_error: true,
    }));
}
