/** The transcript of a call whose agent ran on another host, made whole where that host can be asked; else what is here, and word of what is not. */
import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { transcriptItems } from '../../journal/transcript-items.ts';
import { TranscriptAway, transcriptPieces } from '../../queue/client/fetch-transcript.ts';
import type { HostQuestions } from '../../queue/host-questions.ts';
import type { QueueEngine } from '../../queue/queue-engine.ts';
import { wholeText } from '../../report/text/figures.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import { closing } from '../../wire/closing.ts';
import { ANDWAIT_QUEUE } from '../../wire/environment/queue-environment.ts';
import { LineSplitter } from '../../wire/lines/line-splitter.ts';
import { type GapLine, type HostLine, isAgentsOwn } from '../../wire/queue/transcript-news.ts';
import { missingIn } from './missing-in.ts';

export interface WantedTranscript {
  readonly file: string;
  readonly call: number;
  /** Nobody writes it any more: what is fetched is kept in its place. */
  readonly isOver: boolean;
  /** Reaches the queue; `undefined`: nobody said which. Rejects with `UserError`. */
  readonly open: (() => Promise<Asked>) | undefined;
}

type Asked = Pick<QueueEngine, 'questions' | 'close'>;

/** `show` is handed the file that tells most; it may be gone afterwards. */
export async function withWhole(
  { file, call, isOver, open }: WantedTranscript,
  { pid, stderr }: Pick<Program, 'pid' | 'stderr'>,
  show: (file: string) => Promise<number>,
): Promise<number> {
  const missing = await missingIn(file);
  if (missing.size === 0) return await show(file);
  const tell = (words: string): void =>
    void stderr.write(`andwait: the transcript of call ${call} is not whole: ${safeLine(words)}\n`);
  const away = (line: HostLine, why: string): void => tell(`${placeText(line, missing)}; ${why}`);
  const draft = `${file}.whole-${pid}`;
  rmSync(draft, { force: true });
  try {
    const isMore = await fetched(file, draft, missing, open, away);
    if (!isMore) return await show(file);
    if (isOver) renameSync(draft, file);
    return await show(isOver ? file : draft);
  } finally {
    rmSync(draft, { force: true });
  }
}

type Away = (line: HostLine, why: string) => void;
type Missing = ReadonlyMap<string, number | null>;

/** Whether anything was. */
async function fetched(
  file: string,
  draft: string,
  missing: Missing,
  open: WantedTranscript['open'],
  away: Away,
): Promise<boolean> {
  const allAway = (why: string): false => {
    for (const agent of missing.keys()) away(JSON.parse(agent) as HostLine, why);
    return false;
  };
  if (open === undefined)
    return allAway(`that host is asked through the queue: give --queue, or set ${ANDWAIT_QUEUE}`);
  try {
    const engine = await open();
    await using _engine = closing(engine);
    return await rewritten(file, draft, missing, engine.questions, away);
  } catch (error) {
    if (error instanceof UserError) return allAway(error.message);
    throw error;
  }
}

/** Each piece of the file that is not whole gives way to what its host has of it. */
async function rewritten(
  file: string,
  draft: string,
  missing: Missing,
  questions: HostQuestions,
  away: Away,
): Promise<boolean> {
  const out = new DraftFile(draft);
  /** An agent that was on one host, on another, and on the first again is told once. */
  const replaced = new Set<string>();
  let isReplaced = false;
  try {
    for await (const { item, line } of transcriptItems(file)) {
      const type = item.kind === 'event' ? item.event['type'] : undefined;
      if (type === 'andwait/host' || type === 'andwait/call') isReplaced = false;
      if (isReplaced) continue;
      const agent = line?.toString() ?? '';
      if (replaced.has(agent)) isReplaced = true;
      else if (missing.has(agent)) {
        isReplaced = await appended(out, JSON.parse(agent) as HostLine, questions, away);
        if (isReplaced) replaced.add(agent);
      }
      if (!isReplaced && line !== undefined) out.write(line);
    }
    out.sync();
  } finally {
    out.close();
  }
  return replaced.size > 0;
}

/** All of it, or nothing. */
async function appended(
  out: DraftFile,
  host: HostLine,
  questions: HostQuestions,
  away: Away,
): Promise<boolean> {
  const before = out.bytes;
  const splitter = new LineSplitter({
    line: (line) => {
      if (isAgentsOwn(line)) out.write(line);
    },
    tooLong: (bytes) =>
      out.write(Buffer.from(JSON.stringify({ type: 'andwait/gap', bytes } satisfies GapLine))),
  });
  out.write(Buffer.from(JSON.stringify({ ...host, whole: true } satisfies HostLine)));
  try {
    for await (const piece of transcriptPieces(questions, host)) splitter.push(piece);
    splitter.end();
    return true;
  } catch (error) {
    if (!(error instanceof TranscriptAway)) throw error;
    out.cutTo(before);
    away(host, error.message);
    return false;
  }
}

function placeText(line: HostLine, missing: Missing): string {
  const bytes = missing.get(JSON.stringify(line)) ?? null;
  const what = bytes === null ? 'some of it' : `${wholeText(bytes)} bytes of it`;
  return `${what} may be read on ${line.host} alone, by: andwait logs ${line.place.runId} ${line.place.call}`;
}

class DraftFile {
  readonly #descriptor: number;
  bytes = 0;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'wx', 0o600);
  }

  write(line: Uint8Array): void {
    const bytes = Buffer.concat([line, Buffer.from('\n')]);
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.#descriptor, bytes, at, bytes.length - at, this.bytes + at);
    this.bytes += bytes.length;
  }

  cutTo(bytes: number): void {
    ftruncateSync(this.#descriptor, bytes);
    this.bytes = bytes;
  }

  sync(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
