/** Brings the whole transcript of an agent from the host that ran it, while a worker of that host is alive. */
import { answerIn, type TranscriptQuestion } from '../../wire/queue/host-question.ts';
import type { HostLine } from '../../wire/queue/transcript-news.ts';
import type { HostQuestions } from '../host-questions.ts';

/** It cannot be had now; the message says why. */
export class TranscriptAway extends Error {
  override readonly name = 'TranscriptAway';
}

/** A worker that is there answers at once; a server under load takes a moment. */
const ANSWER_MS = 5000;
/** More than any agent says, and no more than a run's folder has room for. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** In order, from its first byte. Rejects with `TranscriptAway`. */
export async function* transcriptPieces(
  questions: HostQuestions,
  { host, place, token }: Pick<HostLine, 'host' | 'place' | 'token'>,
): AsyncGenerator<Buffer> {
  for (let from = 0; ; ) {
    const question: TranscriptQuestion = { type: 'transcript', place, token, from };
    const told = await questions.ask(place.state, question, ANSWER_MS).catch((error: Error) => {
      throw new TranscriptAway(`the queue does not answer (${error.message})`);
    });
    if (told === undefined) throw new TranscriptAway(`no worker of ${host} answers`);
    const answer = answerIn(told);
    if (answer?.type !== 'piece') {
      const why = answer === undefined ? 'it gave an answer that is none' : answer.why;
      throw new TranscriptAway(`${host} does not hand it out: ${why}`);
    }
    const piece = Buffer.from(answer.bytes, 'base64');
    if (piece.length === 0) return;
    from += piece.length;
    if (from > MOST_BYTES) throw new TranscriptAway(`it is larger than ${MOST_BYTES} bytes`);
    yield piece;
  }
}
