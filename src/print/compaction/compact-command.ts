/** `/compact`, alone or with what the summary should dwell on: the one command of a prompt that the session carries out itself. */
import type { ContentBlock } from '../../wire/events/event.ts';

export interface CompactCommand {
  readonly wish: string | undefined;
}

/** Measured: a space or a line feed before it makes it a prompt like any other. */
export function compactCommandIn(content: readonly ContentBlock[]): CompactCommand | undefined {
  const [block, ...more] = content;
  if (block === undefined || more.length > 0 || block.type !== 'text') return undefined;
  const match = /^\/compact(?:\s+([\s\S]*))?$/.exec(String(block['text']));
  return match === null ? undefined : { wish: match[1]?.trim() || undefined };
}
