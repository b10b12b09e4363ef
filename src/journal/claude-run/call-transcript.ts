/** Rewrites an agent's transcript as one of ours, so that `logs` tells what a rescued agent did: the prompt, then the talk. */
import { open } from 'node:fs/promises';
import type { StreamItem } from '../../wire/events/event.ts';
import type { PromptLine } from '../transcript-file.ts';
import { readOwnLines } from './own-files.ts';
import { objectAt, textAt } from './told.ts';

/** Throws `UnreadableFile`. */
export async function writeCallTranscript(from: string, to: string, first: PromptLine): Promise<void> {
  await using handle = await open(to, 'wx', 0o600);
  await handle.writeFile(`${JSON.stringify(first)}\n`);
  let promptPassed = false;
  for await (const items of readOwnLines(from)) {
    const lines = items.flatMap((item) => {
      const event = talkOf(item);
      if (event === undefined) return [];
      const isPrompt = !promptPassed && event.type === 'user';
      promptPassed ||= isPrompt;
      return isPrompt ? [] : [`${JSON.stringify(event)}\n`];
    });
    await handle.writeFile(lines.join(''));
  }
}

/** The program keeps much more in a transcript than a stream tells: its own requests, reminders, ids. */
function talkOf(item: StreamItem) {
  if (item.kind !== 'event') return undefined;
  const type = textAt(item.event, 'type');
  const message = objectAt(item.event, 'message');
  return (type === 'assistant' || type === 'user') && message !== undefined ? { type, message } : undefined;
}
