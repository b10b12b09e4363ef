/** The transcript of an agent of this host, read from its end while another process writes it: a client on another host sees the newest of it. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { GrowingTranscript } from '../../queue/host/job-report.ts';
import { LINE_FEED } from '../../wire/lines/line-splitter.ts';
import {
  MOST_LINE_BYTES,
  MOST_NEWS_BYTES,
  type TranscriptLine,
  type TranscriptNews,
  type TranscriptPlace,
} from '../../wire/queue/transcript-news.ts';

/** What was written before that since the last look is not even read. */
const WINDOW_BYTES = 4 * MOST_NEWS_BYTES;
const CHUNK_BYTES = 64 * 1024;
/** An agent may have put something else there: a link leads anywhere, and a pipe would be waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

export class GrowingTranscriptFile implements GrowingTranscript {
  readonly #file: string;
  readonly #place: TranscriptPlace;
  /** Behind the prompt, which its client knows. */
  #begin: number | undefined;

  constructor(file: string, place: TranscriptPlace) {
    this.#file = file;
    this.#place = place;
  }

  since(from: number): TranscriptNews {
    try {
      return { place: this.#place, ...this.#read(from) };
    } catch {
      // It is not there yet, or cannot be had: its client is told so by what is missing.
      return { place: this.#place, lines: [], end: from };
    }
  }

  #read(from: number): Pick<TranscriptNews, 'lines' | 'end'> {
    const descriptor = openSync(this.#file, FLAGS);
    try {
      const stat = fstatSync(descriptor);
      this.#begin ??= stat.isFile() ? beginOf(descriptor) : undefined;
      const begin = this.#begin;
      if (begin === undefined) return { lines: [], end: from };
      const start = Math.max(begin + from, stat.size - WINDOW_BYTES);
      const bytes = Buffer.alloc(Math.max(0, stat.size - start));
      const read = bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start));
      const end = read.lastIndexOf(LINE_FEED) + 1;
      if (end === 0) return { lines: [], end: from };
      // From the middle of the file: the first is a piece of one.
      const first = start === begin + from ? 0 : read.indexOf(LINE_FEED) + 1;
      return { lines: newest(read.subarray(0, end), first, start - begin), end: start - begin + end };
    } finally {
      closeSync(descriptor);
    }
  }
}

function beginOf(descriptor: number): number | undefined {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; ; at += CHUNK_BYTES) {
    const count = readSync(descriptor, chunk, 0, CHUNK_BYTES, at);
    if (count === 0) return undefined;
    const found = chunk.subarray(0, count).indexOf(LINE_FEED);
    if (found !== -1) return at + found + 1;
  }
}

/** Of whole lines, `offset` bytes into the transcript, those that fit. */
function newest(bytes: Buffer, first: number, offset: number): TranscriptLine[] {
  const lines: TranscriptLine[] = [];
  let left = MOST_NEWS_BYTES;
  for (let end = bytes.length - 1; end >= first; ) {
    const start = end === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, end - 1) + 1;
    const length = end - start;
    if (length <= MOST_LINE_BYTES) {
      if (length > left) break;
      left -= length;
      lines.push({ at: offset + start, bytes: length, text: bytes.toString('utf8', start, end) });
    }
    end = start - 1;
  }
  return lines.reverse();
}
