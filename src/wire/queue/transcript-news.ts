/** What an agent on another host wrote: pieces of its transcript as they travel, and the lines with which the run's own host keeps them. */
import * as z from 'zod/mini';
import { streamItemOf } from '../events/stream-item.ts';
import { LINE_FEED } from '../lines/line-splitter.ts';

/** Where a transcript lies whole: names alone, since a path from elsewhere is nobody's to open. */
export interface TranscriptPlace {
  /** Of that host's state folder; names of hosts may be equal. */
  readonly state: string;
  /** Of the worker. */
  readonly runId: string;
  readonly call: number;
}

/** One line, without its line feed. */
export interface TranscriptLine {
  /** Bytes of the agent's own lines before it, and its own, in the transcript on its host. */
  readonly at: number;
  readonly bytes: number;
  readonly text: string;
}

/** The newest lines of a transcript; what lies between them was left out. */
export interface TranscriptNews {
  readonly place: TranscriptPlace;
  readonly lines: readonly TranscriptLine[];
  /** Bytes of the agent's own lines up to here, line feeds included. */
  readonly end: number;
}

/** In the transcript that the run's host keeps: from here on, what an agent on another host wrote. */
export interface HostLine {
  readonly type: 'andwait/host';
  readonly host: string;
  /** Of the agent; with it that host's workers find what it wrote. */
  readonly token: string;
  readonly place: TranscriptPlace;
  /** All of it is here. */
  readonly whole?: true;
}

/** Here something is missing. */
export interface GapLine {
  readonly type: 'andwait/gap';
  /** `null`: nobody knows how much, if anything. */
  readonly bytes: number | null;
}

/** Of a piece that comes by itself. */
export const MOST_NEWS_BYTES = 16 * 1024;
/** A longer line would leave no room for others. */
export const MOST_LINE_BYTES = 8 * 1024;
const count = z.number().check(z.int(), z.gte(0), z.lte(Number.MAX_SAFE_INTEGER));
const name = z.string().check(z.minLength(1), z.maxLength(200));

/** Names of ours: what else they might be is not shown, asked for or typed by anybody. */
export const placeSchema = z.looseObject({
  state: z.string().check(z.regex(/^[0-9a-z]{1,40}$/)),
  runId: z.string().check(z.regex(/^[0-9A-Za-z-]{1,100}$/)),
  call: count,
});

export const transcriptNewsSchema = z.looseObject({
  place: placeSchema,
  lines: z
    .array(z.looseObject({ at: count, bytes: count, text: z.string().check(z.maxLength(MOST_NEWS_BYTES)) }))
    .check(z.maxLength(MOST_NEWS_BYTES)),
  end: count,
});

const hostLine = z.looseObject({
  type: z.literal('andwait/host'),
  host: z.string(),
  token: name,
  place: placeSchema,
  whole: z.optional(z.literal(true)),
});

/** `undefined`: it is none, or nothing that can be gone by. */
export function hostLineOf(event: object): HostLine | undefined {
  const parsed = hostLine.safeParse(event);
  return parsed.success ? (event as HostLine) : undefined;
}

/** Whether an agent's line may stand in a transcript as it came: one that reads as a line of ours would be taken for it. */
export function isAgentsOwn(line: Buffer): boolean {
  const item = streamItemOf(line);
  const type = item?.kind === 'event' ? item.event['type'] : undefined;
  return !line.includes(LINE_FEED) && !(typeof type === 'string' && type.startsWith('andwait/'));
}
