/**
 * The single writer of one journal. Records go out in order, in one write for all that piled up during the last
 * one (group commit): a thousand agents cost a handful of syncs, and nobody is told "done" before the disk is.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { encodeRecord, type JournalRecord } from '../wire/records/record.ts';

export class JournalBroken extends Error {
  override readonly name = 'JournalBroken';
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class JournalWriter {
  readonly #handle: FileHandle;
  readonly #file: string;
  #lines: string[] = [];
  #waiters: Waiter[] = [];
  #writing: Promise<void> | undefined;
  #broken: JournalBroken | undefined;

  private constructor(handle: FileHandle, file: string) {
    this.#handle = handle;
    this.#file = file;
  }

  /** O_APPEND: should a second writer ever slip in, its lines stand between ours, not over them. */
  static async open(file: string): Promise<JournalWriter> {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
    return new JournalWriter(await open(file, flags, 0o600), file);
  }

  /** Set once anything could not be written: nothing more will be. */
  get fault(): JournalBroken | undefined {
    return this.#broken;
  }

  /** Written soon, in order, without waiting. A failure shows at the next `commit`. */
  append(record: JournalRecord): void {
    this.#lines.push(encodeRecord(record));
    this.#kick();
  }

  /** Appends, and resolves once this record and all before it are on the disk. */
  commit(record: JournalRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#lines.push(encodeRecord(record));
      this.#waiters.push({ resolve, reject });
      this.#kick();
    });
  }

  /** Writes what is left and closes. Rejects with `JournalBroken` if anything appended was not written. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
    if (this.#broken) throw this.#broken;
  }

  #kick(): void {
    this.#writing ??= this.#drain();
  }

  /** Starts one microtask late, so that everything appended in this turn shares the first write. */
  async #drain(): Promise<void> {
    await undefined;
    while (this.#lines.length > 0) {
      const lines = this.#lines;
      const waiters = this.#waiters;
      this.#lines = [];
      this.#waiters = [];
      try {
        if (this.#broken) throw this.#broken;
        await this.#write(lines, waiters.length > 0);
        for (const waiter of waiters) waiter.resolve();
      } catch (error) {
        const broken = this.#breakWith(error as Error);
        for (const waiter of waiters) waiter.reject(broken);
      }
    }
    this.#writing = undefined;
  }

  async #write(lines: readonly string[], sync: boolean): Promise<void> {
    // writeFile on a handle goes on after a short write, which a full disk or a signal can cause.
    await this.#handle.writeFile(lines.join(''));
    if (sync) await this.#handle.datasync();
  }

  /** After one failed write the file's end is unknown: nothing more may be claimed through this writer. */
  #breakWith(error: Error): JournalBroken {
    this.#broken ??= new JournalBroken(`the journal ${this.#file} cannot be written: ${error.message}`, {
      cause: error,
    });
    return this.#broken;
  }
}
