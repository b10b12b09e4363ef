/** Where the batches go: a private folder of their own, which no commit takes up and nobody's link leads out of. */
import { createHash } from 'node:crypto';
import { readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import { makeInnerFolder } from '../../wire/files/make-folders.ts';
import { smallTextIn } from '../../wire/files/small-file.ts';

export interface Batch {
  /** Absolute. */
  readonly file: string;
  /** The beginning of the SHA-256 of what it holds: with other content it is another batch. */
  readonly digest: string;
  /** Numbers of the sessions in it. */
  readonly first: number;
  readonly last: number;
  readonly inputs: number;
  readonly bytes: number;
}

const BATCH_NAME = /^batch-\d{3,6}\.md$/;
const IGNORE = '.gitignore';
const IGNORE_ALL = '*\n';
const DIGEST_CHARACTERS = 16;
/** `wx`: never through a link that somebody puts there. */
const PRIVATE_AND_NEW = { mode: 0o600, flag: 'wx' } as const;

export class BatchFolder {
  readonly #dir: string;
  readonly #maxBytes: number;
  readonly batches: Batch[] = [];
  #texts: string[] = [];
  #bytes = 0;
  #inputs = 0;
  #sessions = 0;

  /** Makes it, and takes earlier batches out of it. Throws `UserError`, also for a folder that holds anything else. */
  static open(dir: string, maxBytes: number, uid: number): BatchFolder {
    try {
      makeInnerFolder(dir, uid);
      const names = readdirSync(dir);
      // Only beside our mark are they ours, whatever they are called.
      const isOurs = smallTextIn(path.join(dir, IGNORE), IGNORE_ALL.length) === IGNORE_ALL;
      const foreign = names.find((name) => !(isOurs && (BATCH_NAME.test(name) || name === IGNORE)));
      if (foreign !== undefined) {
        const what = JSON.stringify(foreign);
        throw new Error(`it holds ${what}, which is no batch of ours; name a folder that is new or empty`);
      }
      for (const name of names) if (name !== IGNORE) unlinkSync(path.join(dir, name));
      if (!isOurs) writeFileSync(path.join(dir, IGNORE), IGNORE_ALL, PRIVATE_AND_NEW);
    } catch (error) {
      throw new UserError(`--out ${JSON.stringify(dir)}: ${(error as Error).message}`);
    }
    return new BatchFolder(dir, maxBytes);
  }

  private constructor(dir: string, maxBytes: number) {
    this.#dir = dir;
    this.#maxBytes = maxBytes;
  }

  /** How many sessions went in: the number of the last one. */
  get sessions(): number {
    return this.#sessions;
  }

  add(text: string, inputs: number): void {
    const bytes = Buffer.byteLength(text) + 1;
    if (this.#texts.length > 0 && this.#bytes + bytes > this.#maxBytes) this.flush();
    this.#texts.push(text);
    this.#bytes += bytes;
    this.#inputs += inputs;
    this.#sessions += 1;
  }

  flush(): void {
    if (this.#texts.length === 0) return;
    const content = `${this.#texts.join('\n')}\n`;
    const number = String(this.batches.length + 1).padStart(3, '0');
    const file = path.join(this.#dir, `batch-${number}.md`);
    writeBatch(file, content);
    this.batches.push({
      file,
      digest: createHash('sha256').update(content).digest('hex').slice(0, DIGEST_CHARACTERS),
      first: this.#sessions - this.#texts.length + 1,
      last: this.#sessions,
      inputs: this.#inputs,
      bytes: Buffer.byteLength(content),
    });
    this.#texts = [];
    this.#bytes = 0;
    this.#inputs = 0;
  }
}

/** Throws the system's error, or `UserError` where somebody else is at work there. */
function writeBatch(file: string, content: string): void {
  try {
    writeFileSync(file, content, PRIVATE_AND_NEW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
    throw new UserError(
      `${file} cannot be written (${code}): another program changes that folder; name one with --out that nothing else uses`,
    );
  }
}
