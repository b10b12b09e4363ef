/** What the session logs amount to once all of them went by: the batches, and a count of everything that is in none of them. */
import { UnreadableFile } from '../../journal/claude-run/own-files.ts';
import type { SessionLogsFound } from '../../journal/claude-sessions/find-session-logs.ts';
import { readSessionLog, type SessionLog } from '../../journal/claude-sessions/read-session-log.ts';
import type { SessionDigest } from '../../journal/claude-sessions/session-digest.ts';
import { shortLine } from '../../report/text/safe-text.ts';
import type { Batch, BatchFolder } from './batch-folder.ts';
import { Redaction } from './redacted.ts';
import { sessionText } from './session-text.ts';

export interface HarvestOptions {
  /** Milliseconds since the epoch. */
  readonly since: number | undefined;
  readonly headless: boolean;
}

/** It is a workflow's `args` as it stands. */
export interface Harvest {
  readonly batches: readonly Batch[];
  readonly sessions: number;
  readonly inputs: number;
  /** Dates, UTC; `null` where no session tells one. */
  readonly from: string | null;
  readonly to: string | null;
  readonly read: { readonly files: number; readonly bytes: number; readonly lines: number };
  readonly dropped: Readonly<Record<keyof typeof NOTHING_DROPPED, number>>;
  /** The first of the files that were not read, with the reason. */
  readonly unreadable: readonly string[];
  /** Secrets that were taken out, by kind. */
  readonly redacted: Readonly<Record<string, number>>;
}

const NOTHING_DROPPED = {
  unreadableFiles: 0,
  /** Not gone on since `since`. */
  older: 0,
  /** Sessions of programs. */
  headless: 0,
  /** Sessions in which no person said anything: agents' own transcripts among them. */
  withoutInput: 0,
  /** Sessions that hold nothing but what another one holds as well. */
  copies: 0,
  /** Inputs that another session, read before, holds as well. */
  inputsRepeated: 0,
  inputsLeftOut: 0,
  inputsShortened: 0,
  badLines: 0,
  tooLongLines: 0,
};
const UNREADABLE_SHOWN = 20;

/** Fills the folder. */
export async function harvest(
  { places, refused }: SessionLogsFound,
  options: HarvestOptions,
  folder: BatchFolder,
): Promise<Harvest> {
  const unreadable = refused.map(({ file, why }) => `${file} ${why}`);
  const redaction = new Redaction();
  const dropped = { ...NOTHING_DROPPED };
  const read = { files: 0, bytes: 0, lines: 0 };
  const times = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  const seenInputs = new Set<string>();
  for (const { file, changedAt } of places) {
    if (options.since !== undefined && changedAt < options.since) {
      dropped.older += 1;
      continue;
    }
    const log = await readSessionLog(file, seenInputs).catch((error: unknown) => {
      unreadable.push(whyUnreadable(error));
      return undefined;
    });
    if (log === undefined) continue;
    count(log, read, dropped);
    dropped.inputsRepeated += log.digest.inputsRepeated;
    const reason = whyDropped(log.digest, options);
    if (reason !== undefined) {
      dropped[reason] += 1;
      continue;
    }
    const { text, inputs, inputsLeftOut, inputsShortened } = sessionText(
      folder.sessions + 1,
      log.digest,
      redaction,
    );
    folder.add(text, inputs);
    dropped.inputsLeftOut += inputsLeftOut;
    dropped.inputsShortened += inputsShortened;
    times.from = Math.min(times.from, log.digest.firstAt ?? times.from);
    times.to = Math.max(times.to, log.digest.lastAt ?? times.to);
  }
  folder.flush();
  return {
    batches: folder.batches,
    sessions: folder.sessions,
    inputs: folder.batches.reduce((sum, { inputs }) => sum + inputs, 0),
    from: dateOf(times.from),
    to: dateOf(times.to),
    read,
    dropped: { ...dropped, unreadableFiles: unreadable.length },
    unreadable: unreadable.slice(0, UNREADABLE_SHOWN).map((line) => shortLine(line, 300)),
    redacted: redaction.counts,
  };
}

function count(
  log: SessionLog,
  read: { files: number; bytes: number; lines: number },
  dropped: { badLines: number; tooLongLines: number },
): void {
  read.files += 1;
  read.bytes += log.bytes;
  read.lines += log.lines;
  dropped.badLines += log.badLines;
  dropped.tooLongLines += log.tooLongLines;
}

function whyDropped(
  digest: SessionDigest,
  { since, headless }: HarvestOptions,
): 'older' | 'headless' | 'withoutInput' | 'copies' | undefined {
  if (since !== undefined && (digest.lastAt ?? since) < since) return 'older';
  if (digest.inputs.length === 0) return digest.inputsRepeated > 0 ? 'copies' : 'withoutInput';
  return !headless && isHeadless(digest) ? 'headless' : undefined;
}

/** `claude -p` and the SDKs; editors, which drive the program through an SDK, have names of their own. */
function isHeadless({ entrypoint }: SessionDigest): boolean {
  return /^(?:sdk-|andwait-print$)/.test(entrypoint ?? '');
}

function whyUnreadable(error: unknown): string {
  if (error instanceof UnreadableFile) return error.message;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return `${path ?? 'a file'} cannot be read (${code})`;
}

function dateOf(at: number): string | null {
  return Number.isFinite(at) ? new Date(at).toISOString().slice(0, 10) : null;
}
