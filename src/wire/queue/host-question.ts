/** What a run's host asks of one that carried out a call of it: its transcript, piece by piece. */
import * as z from 'zod/mini';
import { placeSchema, type TranscriptPlace } from './transcript-news.ts';

export interface TranscriptQuestion {
  readonly type: 'transcript';
  readonly place: TranscriptPlace;
  /** Of the agent: who does not know it, did not ask for it. */
  readonly token: string;
  /** Bytes of the file that are known. */
  readonly from: number;
}

export type TranscriptAnswer =
  /** `bytes`: in base64; none: that was all. */
  { readonly type: 'piece'; readonly bytes: string } | { readonly type: 'none'; readonly why: string };

/** A server carries that with ease, also as base64 in JSON. */
export const PIECE_BYTES = 256 * 1024;

const question = z.looseObject({
  type: z.literal('transcript'),
  place: placeSchema,
  token: z.string().check(z.minLength(1), z.maxLength(200)),
  from: z.number().check(z.int(), z.gte(0)),
});

const answer = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('piece'), bytes: z.string().check(z.maxLength(2 * PIECE_BYTES)) }),
  z.looseObject({ type: z.literal('none'), why: z.string() }),
]);

export function questionIn(value: unknown): TranscriptQuestion | undefined {
  return question.safeParse(value).success ? (value as TranscriptQuestion) : undefined;
}

export function answerIn(value: unknown): TranscriptAnswer | undefined {
  return answer.safeParse(value).success ? (value as TranscriptAnswer) : undefined;
}
