/**
 * Packs on their way between two hosts, in pieces that servers carry with ease. A pack is one owner's: two agents may have made
 * the very same bytes, and who has taken in one of them forgets it.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { PackName } from '../../wire/trees/travelling-tree.ts';
import type { PieceStore } from '../queue-engine.ts';

/** Little enough for a slow line to carry it before an answer is late; larger ones are hardly faster (decision 0033). */
export const PIECE_BYTES = 1024 * 1024;

/** Contract: rejects as the store does. Each may be asked again. */
export class KeptPacks {
  readonly #pieces: PieceStore;

  constructor(pieces: PieceStore) {
    this.#pieces = pieces;
  }

  /** `owner`: a run, or a token of an agent. */
  async send(owner: string, pack: PackName, file: string): Promise<void> {
    const source = await open(file);
    try {
      const piece = Buffer.alloc(Math.min(PIECE_BYTES, pack.bytes));
      for (const name of piecesOf(owner, pack)) {
        const { bytesRead } = await source.read(piece, 0, piece.length);
        await this.#pieces.keep(name, piece.subarray(0, bytesRead));
      }
    } finally {
      await source.close();
    }
  }

  /** As far as its ends tell, for it is asked before each call: the last one went last, and the first is forgotten first. */
  async isKept(owner: string, pack: PackName): Promise<boolean> {
    const all = piecesOf(owner, pack);
    for (const name of new Set([...all.slice(-1), ...all.slice(0, 1)])) {
      if (!(await this.#pieces.isKept(name))) return false;
    }
    return true;
  }

  /** Rejects with `PackMissing` where some of it is not there. Whether it is the right bytes is for the reader to see. */
  async *bring(owner: string, pack: PackName): AsyncGenerator<Uint8Array, void> {
    for (const name of piecesOf(owner, pack)) {
      const piece = await this.#pieces.fetch(name);
      if (piece === undefined) throw new PackMissing(`pack ${pack.sha256} is not in the queue any more`);
      yield piece;
    }
  }

  async forget(owner: string, pack: PackName): Promise<void> {
    for (const name of piecesOf(owner, pack)) await this.#pieces.forget(name);
  }
}

export class PackMissing extends Error {
  override readonly name = 'PackMissing';
}

/** Owners and hashes come from others: nothing of them is in a name. */
function piecesOf(owner: string, { sha256, bytes }: PackName): string[] {
  const hash = createHash('sha256').update(`${owner.length}:${owner}${sha256}`).digest('hex').slice(0, 40);
  return Array.from({ length: Math.ceil(bytes / PIECE_BYTES) }, (_, at) => `${hash}-${at}`);
}
