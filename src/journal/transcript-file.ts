/**
 * The transcript of one call: its prompt as the first line, then the agent's own lines as they came. Written with
 * synchronous calls on purpose: a short write to the page cache takes microseconds, the promises for it ten times that.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { AgentCall } from '../core/call.ts';
import type { Clock, OpenTranscript, TranscriptSink } from '../core/ports.ts';

const LINE_FEED = new Uint8Array([10]);
/** Lines are gathered up to here, or this long, before a write: many agents cost few writes, and a watcher sees what goes on, also when nothing follows. */
const FLUSH_BYTES = 64 * 1024;
const FLUSH_MS = 500;

/** What `logs` shows as the question. Not an event of the agent's: its type is ours. */
export interface PromptLine {
  readonly type: 'andwait/call';
  readonly call: number;
  readonly label: string;
  readonly prompt: string;
}

/** Of one call, in the folder of a run's transcripts. */
export function transcriptFileIn(agentsDir: string, call: number): string {
  return path.join(agentsDir, `${call}.ndjson`);
}

/** For the calls of a run whose folder of transcripts this is. */
export function transcriptsIn(agentsDir: string, clock: Clock): OpenTranscript {
  return (call) => new TranscriptFile(transcriptFileIn(agentsDir, call.id), call, clock);
}

export class TranscriptFile implements TranscriptSink {
  readonly #file: string;
  readonly #clock: Clock;
  #descriptor: number | undefined;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #cancelFlush: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(file: string, call: AgentCall, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
    const first: PromptLine = { type: 'andwait/call', call: call.id, label: call.label, prompt: call.prompt };
    this.write(Buffer.from(JSON.stringify(first)));
  }

  write(line: Uint8Array): void {
    this.#pending.push(line, LINE_FEED);
    this.#pendingBytes += line.length + 1;
    if (this.#pendingBytes >= FLUSH_BYTES) this.#flush();
    else this.#cancelFlush ??= this.#clock.after(FLUSH_MS, () => this.#flush());
  }

  /** Rejects with the first thing that went wrong while writing. */
  async close(): Promise<void> {
    this.#flush();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    if (this.#failure) throw this.#failure;
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    try {
      this.#descriptor ??= openSync(this.#file, 'a', 0o600);
      // A full disk or a signal can cut a write short.
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }
}
