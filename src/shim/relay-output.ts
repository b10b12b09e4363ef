/** Hands the program's stdout on, byte for byte and no faster than it is read, and lets the record and the reader of events see it. */
import type { Readable } from 'node:stream';
import type { Clock } from '../core/ports.ts';
import { writeStdout } from './descriptor-output.ts';

/** What it left behind may hold its stdout open after it has ended: nobody waits for that, neither do we. */
const QUIET_MS = 100;
/** Reads that surely hold all that fits into a pipe: whatever comes after them was written by somebody else. */
const LAST_READS = 64;

export class OutputRelay {
  readonly #source: Readable;
  readonly #clock: Clock;
  readonly #through: Promise<void>;
  #isOver = false;
  /** Changes whenever anything moves. */
  #steps = 0;
  #isWriting = false;

  constructor(source: Readable, clock: Clock, see: (chunk: Buffer) => void) {
    this.#source = source;
    this.#clock = clock;
    this.#through = this.#run(see).finally(() => {
      this.#isOver = true;
    });
  }

  /** To be called once the program has ended: resolves when all it had said has been handed on. */
  async drained(): Promise<void> {
    const last = this.#steps + LAST_READS;
    while (!this.#isOver) {
      const before = this.#steps;
      await this.#throughWithin(QUIET_MS);
      const isQuiet = this.#steps === before && !this.#isWriting;
      if (isQuiet || this.#steps > last) this.#source.destroy();
    }
  }

  async #run(see: (chunk: Buffer) => void): Promise<void> {
    try {
      for await (const chunk of this.#source as AsyncIterable<Buffer>) {
        this.#steps += 1;
        see(chunk);
        this.#isWriting = true;
        const isRead = await writeStdout(chunk, this.#clock);
        this.#isWriting = false;
        // The program is to notice as it would have: at its next write. Leaving the loop closes our end of its pipe.
        if (!isRead) return;
      }
    } catch {
      // Let go of by `drained`.
    }
  }

  async #throughWithin(ms: number): Promise<void> {
    let cancel = (): void => {};
    const elapsed = new Promise<void>((resolve) => {
      // A busy process runs its timers before it reads: only after one more look at the pipe is quiet really quiet.
      cancel = this.#clock.after(ms, () => setImmediate(resolve));
    });
    await Promise.race([this.#through, elapsed]);
    cancel();
  }
}
