/** Makes facts of what a headless call says on stdout, in whichever of its formats; a format that tells nothing leaves its text. */

import type { StreamFacts } from '../agent/outcome/agent-facts.ts';
import { StreamFold } from '../agent/outcome/stream-fold.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { StreamItem } from '../wire/events/event.ts';
import { StreamItemReader } from '../wire/events/stream-item.ts';
import type { CallShape } from './call-shape.ts';

/** Of a text answer, what is kept in the journal; the whole stands in the call's record. */
const TEXT_BYTES = 64 * 1024;
/** A `--output-format json` answer that is larger is not parsed. */
const JSON_BYTES = 64 * 1024 * 1024;

export class OutputReading {
  readonly #format: CallShape['format'];
  readonly #fold = new StreamFold();
  readonly #items: StreamItemReader;
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  /** `heard`: each item of a stream, as it comes. */
  constructor(format: CallShape['format'], heard: (item: StreamItem) => void = () => {}) {
    this.#format = format;
    this.#items = new StreamItemReader((item) => {
      this.#fold.add(item);
      heard(item);
    });
  }

  push(chunk: Buffer): void {
    if (this.#format === 'stream-json') {
      this.#items.push(chunk);
      return;
    }
    const room = (this.#format === 'json' ? JSON_BYTES : TEXT_BYTES) - this.#bytes;
    if (room <= 0) return;
    this.#parts.push(chunk.length <= room ? chunk : Buffer.from(chunk.subarray(0, room)));
    this.#bytes += Math.min(chunk.length, room);
  }

  end(): void {
    if (this.#format === 'stream-json') this.#items.end();
    if (this.#format !== 'json') return;
    for (const event of eventsOf(Buffer.concat(this.#parts))) this.#fold.add({ kind: 'event', event });
  }

  facts(): StreamFacts {
    return this.#fold.facts();
  }

  /** Of a text answer. */
  text(): string {
    return this.#format === 'text' ? Buffer.concat(this.#parts).toString('utf8') : '';
  }
}

/** One result event; with `--verbose` all events, in an array; with `2>&1` anything may stand around it. */
function eventsOf(bytes: Buffer): JsonObject[] {
  const text = bytes.toString('utf8');
  const whole = parsed(text);
  if (Array.isArray(whole)) return whole.filter(isJsonObject);
  if (isJsonObject(whole)) return [whole];
  return text.split('\n').map(parsed).filter(isJsonObject);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
