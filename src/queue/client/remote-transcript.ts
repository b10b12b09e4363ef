/**
 * The transcript of a call whose agent runs on another host, kept beside those of this one: pieces come now and then, some
 * twice, some never. What is missing is marked where it is missing.
 */
import type { TranscriptSink } from '../../core/ports.ts';
import {
  type GapLine,
  type HostLine,
  isAgentsOwn,
  type TranscriptNews,
} from '../../wire/queue/transcript-news.ts';

export class RemoteTranscript {
  readonly #sink: TranscriptSink;
  /** By agent: bytes of its transcript that were told of, whether they came or not. */
  readonly #told = new Map<string, number>();
  #agent: string | undefined;
  /** Left out before the next line; `null`: nobody knows. */
  #missing: number | null = 0;

  constructor(sink: TranscriptSink) {
    this.#sink = sink;
  }

  /** `host` has the agent of that name. */
  add(host: string, token: string, { place, lines, end }: TranscriptNews): void {
    const { state, runId, call } = place;
    const agent = JSON.stringify([state, runId, call]);
    if (agent !== this.#agent) {
      this.#begin(agent, { type: 'andwait/host', host, token, place: { state, runId, call } });
    }
    let told = this.#told.get(agent) ?? 0;
    for (const { at, bytes, text } of lines) {
      if (at < told) continue;
      this.#miss(at - told);
      told = at + bytes + 1;
      const line = Buffer.from(text);
      if (!isAgentsOwn(line)) continue;
      this.#markMissing();
      this.#sink.write(line);
    }
    this.#miss(Math.max(0, end - told));
    this.#told.set(agent, Math.max(told, end));
  }

  /** `isWhole`: its agent has ended, and the last that it wrote has come. */
  end(isWhole: boolean): void {
    if (!isWhole && this.#agent !== undefined) this.#missing = null;
    this.#markMissing();
  }

  #begin(agent: string, line: HostLine): void {
    // Its agent was lost on the way, or another one was asked for.
    if (this.#agent !== undefined) this.#missing = null;
    this.#markMissing();
    this.#agent = agent;
    this.#write(line);
  }

  #miss(bytes: number): void {
    if (this.#missing !== null) this.#missing += bytes;
  }

  #markMissing(): void {
    if (this.#missing !== 0) this.#write({ type: 'andwait/gap', bytes: this.#missing });
    this.#missing = 0;
  }

  #write(line: HostLine | GapLine): void {
    this.#sink.write(Buffer.from(JSON.stringify(line)));
  }
}
