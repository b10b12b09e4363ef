/** Waits for the last of an exited child's output, but not for ever: what it left behind may hold its pipes open. */
import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../../core/ports.ts';
import { withinQuiet } from '../../wire/waiting.ts';

/** Something outside the group that never stops writing is listened to this often, then no longer. */
const MAX_ROUNDS = 10;

export class ChildOutput {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #closed: Promise<true>;
  #isClosed = false;

  /** Made while the child still runs, so that the end of its pipes cannot be missed. */
  constructor(child: ChildProcess, clock: Clock) {
    this.#child = child;
    this.#clock = clock;
    this.#closed = new Promise((resolve) => {
      child.once('close', () => {
        this.#isClosed = true;
        resolve(true);
      });
    });
  }

  /** True once every pipe is closed; false when `quietMs` pass without a byte. */
  async drained(quietMs: number): Promise<boolean> {
    for (let round = 0; round < MAX_ROUNDS && !this.#isClosed; round += 1) {
      const before = this.#bytesRead();
      await withinQuiet(this.#closed, quietMs, this.#clock);
      if (!this.#isClosed && this.#bytesRead() === before) return false;
    }
    return this.#isClosed;
  }

  /** Lets go of pipes that somebody else keeps open. */
  abandon(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  #bytesRead(): number {
    return bytesReadBy(this.#child.stdout) + bytesReadBy(this.#child.stderr);
  }
}

/** Node's pipes are sockets, and count. */
function bytesReadBy(stream: unknown): number {
  return (stream as { bytesRead?: number } | null)?.bytesRead ?? 0;
}
