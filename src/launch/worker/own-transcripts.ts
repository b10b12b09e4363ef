/**
 * Hands out what agents of this host wrote, to who asked for them through the queue. No path comes from a question: it names
 * a run and a call of workers of this state folder, and is answered only where that call was made for the token it names.
 */
import { constants } from 'node:fs';
import { readDescription, runIds } from '../../journal/find-run.ts';
import { readJournal } from '../../journal/read-journal.ts';
import { RunFolder } from '../../journal/run-folder.ts';
import { partsOfKey } from '../../pool/content-hash.ts';
import { openRegularFile } from '../../wire/files/regular-file.ts';
import {
  PIECE_BYTES,
  questionIn,
  type TranscriptAnswer,
  type TranscriptQuestion,
} from '../../wire/queue/host-question.ts';

export class OwnTranscripts {
  readonly #stateDir: string;
  readonly #state: string;
  /** Of the last question: one transcript is asked for piece by piece. */
  #last: { readonly asked: string; readonly file: string } | undefined;

  /** `state`: the name of that folder. */
  constructor(stateDir: string, state: string) {
    this.#stateDir = stateDir;
    this.#state = state;
  }

  readonly answer = async (value: unknown): Promise<TranscriptAnswer> => {
    const question = questionIn(value);
    if (question === undefined) return none('it does not understand the question');
    try {
      const file = this.#fileOf(question);
      if (file === undefined) return none('it has no such transcript');
      return { type: 'piece', bytes: (await pieceOf(file, question.from)).toString('base64') };
    } catch (error) {
      // Nothing of this host's own, such as a path, is anybody's business.
      return none(`it cannot read it (${(error as NodeJS.ErrnoException).code ?? 'damaged'})`);
    }
  };

  #fileOf({ place, token }: TranscriptQuestion): string | undefined {
    const { state, runId, call } = place;
    const asked = JSON.stringify([runId, call, token]);
    if (this.#last?.asked === asked) return this.#last.file;
    if (state !== this.#state || !runIds(this.#stateDir).includes(runId)) return undefined;
    const folder = new RunFolder(this.#stateDir, runId);
    if (readDescription(folder)?.kind !== 'worker') return undefined;
    const isFor = readJournal(folder.journalFile).records.some(
      (record) =>
        record.type === 'started' && record.call === call && partsOfKey(record.key).contentHash === token,
    );
    if (!isFor) return undefined;
    this.#last = { asked, file: folder.transcriptFile(call) };
    return this.#last.file;
  }
}

function none(why: string): TranscriptAnswer {
  return { type: 'none', why };
}

async function pieceOf(file: string, from: number): Promise<Buffer> {
  // An agent may have put something else there: a link leads anywhere.
  await using handle = await openRegularFile(file, constants.O_NOFOLLOW);
  if (handle === undefined) return Buffer.alloc(0);
  const piece = Buffer.alloc(PIECE_BYTES);
  const { bytesRead } = await handle.read(piece, 0, piece.length, from);
  return piece.subarray(0, bytesRead);
}
