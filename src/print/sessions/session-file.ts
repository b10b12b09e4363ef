/** Appends to a session's file, one write a line: a kill leaves whole lines and at most one torn one, which no reader minds. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../core/json.ts';
import type { ConversationMessage, ModelReply } from '../api/model.ts';
import type { SessionLog } from '../session.ts';
import { type KeptSession, sessionLine } from './session-lines.ts';

export interface SessionFileDeps {
  readonly file: string;
  readonly sessionId: string;
  readonly cwd: string;
  readonly uuid: () => string;
  readonly timestamp: () => string;
  /** The session could not be kept: told once. */
  readonly warn: (text: string) => void;
}

export class SessionFile implements SessionLog, Disposable {
  readonly #deps: SessionFileDeps;
  #descriptor: number | undefined;
  #lastUuid: string | null;
  #needsLineFeed: boolean;
  #isBroken = false;

  /** `kept` is what the file holds already. Nothing is made or opened before there is a message to keep. */
  constructor(
    deps: SessionFileDeps,
    kept: Pick<KeptSession, 'lastUuid' | 'isTorn'> = { lastUuid: null, isTorn: false },
  ) {
    this.#deps = deps;
    this.#lastUuid = kept.lastUuid;
    this.#needsLineFeed = kept.isTorn;
  }

  keep(message: ConversationMessage, reply?: ModelReply): void {
    if (this.#isBroken) return;
    const { sessionId, cwd, uuid, timestamp } = this.#deps;
    const stamp = { sessionId, cwd, uuid: uuid(), parentUuid: this.#lastUuid, timestamp: timestamp() };
    try {
      this.#write(sessionLine(message, reply, stamp));
      this.#lastUuid = stamp.uuid;
    } catch (error) {
      this.#isBroken = true;
      const why = error instanceof Error ? error.message : String(error);
      this.#deps.warn(`Warning: this session cannot be resumed later, its file cannot be written: ${why}`);
    }
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #write(line: JsonObject): void {
    const bytes = Buffer.from(`${this.#needsLineFeed ? '\n' : ''}${JSON.stringify(line)}\n`);
    this.#needsLineFeed = false;
    const written = writeSync(this.#open(), bytes);
    if (written < bytes.length)
      throw new Error(`only ${written} of ${bytes.length} bytes were taken (is the disk full?)`);
  }

  #open(): number {
    if (this.#descriptor === undefined) {
      mkdirSync(path.dirname(this.#deps.file), { recursive: true, mode: 0o700 });
      this.#descriptor = openSync(this.#deps.file, 'a', 0o600);
    }
    return this.#descriptor;
  }
}
