/** What a transcript that is kept here does not hold of what agents on other hosts wrote. */
import { transcriptItems } from '../../journal/transcript-items.ts';
import { hostLineOf } from '../../wire/queue/transcript-news.ts';

/** By the line with which an agent's work begins there, as it stands: how many bytes are missing; `null`: nobody knows. */
export async function missingIn(file: string): Promise<ReadonlyMap<string, number | null>> {
  const missing = new Map<string, number | null>();
  let agent: string | undefined;
  for await (const { item, line } of transcriptItems(file)) {
    if (item.kind !== 'event') continue;
    const { type, bytes } = item.event;
    if (type === 'andwait/call') agent = undefined;
    if (type === 'andwait/host') {
      const found = hostLineOf(item.event);
      agent = found === undefined || found.whole ? undefined : line?.toString();
    }
    if (type !== 'andwait/gap' || agent === undefined) continue;
    const before = missing.get(agent) ?? 0;
    const isKnown = typeof bytes === 'number' && missing.get(agent) !== null;
    missing.set(agent, isKnown ? before + bytes : null);
  }
  return missing;
}
