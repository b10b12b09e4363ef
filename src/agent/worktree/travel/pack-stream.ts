/** Packs going out and coming in: named by the hash of their bytes, and never longer than was agreed, whoever sends them. */
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { PackName } from '../../../wire/trees/travelling-tree.ts';
import { type GitPlace, gitOptions, gitsLastWord, gitWords } from '../git.ts';

export type PackWritten =
  | ({ readonly kind: 'written' } & PackName)
  | { readonly kind: 'too-large' }
  | { readonly kind: 'failed'; readonly message: string };

export interface PackWish {
  /** A line each, as `git pack-objects --revs` reads them: an id, `^id` for what the other side has. */
  readonly revisions: readonly string[];
  readonly file: string;
  readonly maxBytes: number;
}

/** The file is there only when the pack was written whole. */
export async function writePack(
  place: GitPlace,
  { revisions, file, maxBytes }: PackWish,
): Promise<PackWritten> {
  const { execa } = await import('execa');
  // Opened before anything can fail: a stream would open it later, and make anew what was removed.
  const target = await open(file, 'w', 0o600);
  const packing = execa('git', gitWords(PACK), {
    ...gitOptions(place, {}),
    input: revisions.map((revision) => `${revision}\n`).join(''),
    buffer: { stdout: false },
  });
  const name = new PackNaming();
  const problem = await pipeline(
    packing.stdout,
    (chunks: AsyncIterable<Uint8Array>) => name.upTo(maxBytes, chunks),
    target.createWriteStream(),
  ).catch((error: Error) => error);
  if (problem !== undefined) packing.kill();
  const result = await packing;
  if (problem === undefined && !result.failed) return { kind: 'written', ...name.end() };
  await rm(file, { force: true });
  if (problem instanceof TooLong) return { kind: 'too-large' };
  return { kind: 'failed', message: problem?.message ?? gitsLastWord(result) };
}

/** Deltas may be against what `^id` names: the other side completes the pack. */
const PACK = ['pack-objects', '--revs', '--thin', '--delta-base-offset', '--stdout', '--quiet'];

/** `refused`: git had all of it, and does not take it. */
export type PackRead =
  | { readonly ok: true }
  | { readonly ok: false; readonly refused: boolean; readonly message: string };

/** Hands a pack to `args`, a git that reads one. Of any but the agreed bytes it never sees the end. */
export async function readPack(
  place: GitPlace,
  args: readonly string[],
  pack: AsyncIterable<Uint8Array>,
  agreed: PackName,
): Promise<PackRead> {
  const { execa } = await import('execa');
  const reading = execa('git', gitWords(args), {
    ...gitOptions(place, {}),
    stdin: 'pipe',
    stdout: 'ignore',
  });
  const problem = await pipeline(asAgreed(pack, agreed), reading.stdin).catch((error: Error) => error);
  const result = await reading;
  if (problem instanceof OtherPack) return { ok: false, refused: false, message: problem.message };
  if (result.failed) return { ok: false, refused: true, message: gitsLastWord(result) };
  return problem === undefined ? { ok: true } : { ok: false, refused: false, message: problem.message };
}

/** One chunk behind: the last one is handed on when all are known to be right. */
async function* asAgreed(
  pack: AsyncIterable<Uint8Array>,
  agreed: PackName,
): AsyncGenerator<Uint8Array, void> {
  const name = new PackNaming();
  let held: Uint8Array | undefined;
  try {
    for await (const chunk of name.upTo(agreed.bytes, pack)) {
      if (held !== undefined) yield held;
      held = chunk;
    }
  } catch (error) {
    // git would only say that it saw no end.
    const tooLong = `more came than its ${agreed.bytes} bytes`;
    throw new OtherPack(error instanceof TooLong ? tooLong : (error as Error).message);
  }
  const { sha256, bytes } = name.end();
  if (bytes !== agreed.bytes) throw new OtherPack(`${bytes} of its ${agreed.bytes} bytes came`);
  if (sha256 !== agreed.sha256) throw new OtherPack(`its hash is ${sha256}, not ${agreed.sha256}`);
  if (held !== undefined) yield held;
}

class TooLong extends Error {}
class OtherPack extends Error {}

class PackNaming {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  /** Throws `TooLong` instead of handing on more. */
  async *upTo(maxBytes: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.byteLength;
      if (this.#bytes > maxBytes) throw new TooLong(`more than ${maxBytes} bytes`);
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  end(): PackName {
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes };
  }
}
