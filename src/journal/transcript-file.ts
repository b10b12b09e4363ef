/** The transcript of one call: its prompt as the first line, then the agent's own lines as they came. */
import { type FileHandle, open } from 'node:fs/promises';
import type { AgentCall } from '../core/call.ts';
import type { TranscriptSink } from '../core/ports.ts';

const LINE_FEED = new Uint8Array([10]);
/** Lines are gathered up to here before a write: an agent that talks all day costs few writes, a crash little text. */
const FLUSH_BYTES = 64 * 1024;

/** What `logs` shows as the question. Not an event of the agent's: its type is ours. */
export interface PromptLine {
  readonly type: 'andwait/call';
  readonly call: number;
  readonly label: string;
  readonly prompt: string;
}

export class TranscriptFile implements TranscriptSink {
  readonly #handle: Promise<FileHandle>;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  constructor(file: string, call: AgentCall) {
    this.#handle = open(file, 'a', 0o600);
    // Without a listener a failed open would end the process before anyone awaits it.
    this.#handle.catch(() => undefined);
    const first: PromptLine = { type: 'andwait/call', call: call.id, label: call.label, prompt: call.prompt };
    this.write(Buffer.from(JSON.stringify(first)));
  }

  write(line: Uint8Array): void {
    this.#pending.push(line, LINE_FEED);
    this.#pendingBytes += line.length + 1;
    if (this.#pendingBytes >= FLUSH_BYTES) this.#flush();
  }

  /** Rejects with the first thing that went wrong while writing. */
  async close(): Promise<void> {
    this.#flush();
    await this.#writing;
    if (this.#failure) throw this.#failure;
    await (await this.#handle).close();
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#writing = this.#writing
      .then(async () => await (await this.#handle).writeFile(bytes))
      .catch((error: Error) => {
        this.#failure ??= error;
      });
  }
}
