/** Appends to a session's file, one write a line: a kill leaves whole lines and at most one torn one, which no reader minds. */
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../core/json.ts';
import { makeFolders } from '../../wire/files/make-folders.ts';
import type { ConversationMessage, ModelReply } from '../api/model.ts';
import type { AccountState } from '../models/account.ts';
import type { CompactBoundary, SessionLog } from '../session/session-log.ts';
import { costLine } from './cost-line.ts';
import type { KeptSession } from './read-session.ts';
import { boundaryLine, type LineStamp, sessionLine } from './session-lines.ts';

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
    this.#append((next) => [sessionLine(message, reply, next())]);
  }

  /** One write: either all of it is there after a kill, or the conversation is as it was. */
  compact({ uuid, metadata, summaryUuid, summary, kept }: CompactBoundary): string | null {
    const before = this.#lastUuid;
    this.#append((next) => [
      boundaryLine(metadata, before, { ...next(uuid), parentUuid: null }),
      { ...sessionLine(summary, undefined, next(summaryUuid)), isCompactSummary: true },
      ...kept.map((message) => sessionLine(message, undefined, next())),
    ]);
    return before;
  }

  keepCost(state: AccountState): void {
    this.#append(() => [costLine(state, this.#deps.sessionId)]);
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** `next` stamps a message that hangs on the one before. */
  #append(linesOf: (next: (uuid?: string) => LineStamp) => readonly JsonObject[]): void {
    if (this.#isBroken) return;
    const { sessionId, cwd, uuid, timestamp } = this.#deps;
    let last = this.#lastUuid;
    const next = (name = uuid()): LineStamp => {
      const stamp = { sessionId, cwd, uuid: name, parentUuid: last, timestamp: timestamp() };
      last = name;
      return stamp;
    };
    try {
      this.#write(linesOf(next));
      this.#lastUuid = last;
    } catch (error) {
      this.#isBroken = true;
      const why = error instanceof Error ? error.message : String(error);
      this.#deps.warn(`Warning: this session cannot be resumed later, its file cannot be written: ${why}`);
    }
  }

  #write(lines: readonly JsonObject[]): void {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const bytes = Buffer.from(`${this.#needsLineFeed ? '\n' : ''}${text}`);
    this.#needsLineFeed = false;
    const written = writeSync(this.#open(), bytes);
    if (written < bytes.length)
      throw new Error(`only ${written} of ${bytes.length} bytes were taken (is the disk full?)`);
  }

  #open(): number {
    if (this.#descriptor === undefined) {
      makeFolders(path.dirname(this.#deps.file), 0o700);
      this.#descriptor = openSync(this.#deps.file, 'a', 0o600);
    }
    return this.#descriptor;
  }
}
