/** Reads the record of one call's work back, item by item: it may be larger than memory. */
import { createReadStream } from 'node:fs';
import type { StreamItem } from '../wire/events/event.ts';
import { StreamItemReader } from '../wire/events/stream-item.ts';

export interface TranscriptItem {
  readonly item: StreamItem;
  /** The item's own bytes; `undefined` where they were too many to keep. */
  readonly line: Buffer | undefined;
}

/** With `maxBytes`, only the whole lines among so many first bytes. Rejects when the file cannot be read. */
export async function* transcriptItems(
  file: string,
  maxBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<TranscriptItem> {
  let found: TranscriptItem[] = [];
  let bytesRead = 0;
  const reader = new StreamItemReader((item, line) => found.push({ item, line }));
  const taken = (): TranscriptItem[] => {
    const items = found;
    found = [];
    return items;
  };
  for await (const chunk of createReadStream(file, { end: maxBytes - 1 })) {
    bytesRead += (chunk as Buffer).length;
    reader.push(chunk as Buffer);
    yield* taken();
  }
  if (bytesRead < maxBytes) reader.end();
  yield* taken();
}
