/**
 * What a conversation that is cut keeps of its workflows, whatever its summary says: their results were paid for, and only
 * their ids lead back to them.
 */
import type { ContentBlock } from '../../wire/events/event.ts';
import type { ConversationMessage } from '../api/model.ts';
import { briefOf } from './workflow-report.ts';
import { WORKFLOW } from './workflow-words.ts';

const HEAD = 'Workflows that were run before the cut, as Workflow reported them:';
const GAP = '\n\n';
const MAX_RUNS = 20;

/** Of a cut before that, too. `undefined` where none was run. */
export function runsTold(messages: readonly ConversationMessage[]): string | undefined {
  const calls = new Set<unknown>();
  const briefs: string[] = [];
  for (const block of messages.flatMap(({ content }) => content)) {
    if (block.type === 'tool_use' && block['name'] === WORKFLOW.name) calls.add(block['id']);
    if (block.type === 'tool_result' && calls.has(block['tool_use_id'])) {
      const brief = briefOf(String(block['content']));
      if (brief !== undefined) briefs.push(brief);
    }
    briefs.push(...briefsIn(block));
  }
  return briefs.length === 0 ? undefined : [HEAD, ...briefs.slice(-MAX_RUNS)].join(GAP);
}

function briefsIn({ type, text }: ContentBlock): readonly string[] {
  const isOurs = type === 'text' && typeof text === 'string' && text.startsWith(HEAD + GAP);
  return isOurs ? text.split(GAP).slice(1) : [];
}
