/** Removes runs nobody will come back to. Never one that is at work, and never edits that stand only in its folder. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { findRun, runIds } from './find-run.ts';
import type { RunFolder } from './run-folder.ts';
import { isRunLocked, takeRunLock } from './run-lock.ts';
import { type RecordedRun, readRun } from './run-record.ts';
import { isScratch, removeOldScratch } from './scratch-folder.ts';

export interface GarbageRule {
  /** Runs whose last change is older go; `null`: age is no reason. */
  readonly olderThanMs: number | null;
  /** The oldest go until all runs together are no larger; `null`: size is no reason. */
  readonly maxBytes: number | null;
  /** Spares every run that did not complete: they can be resumed. */
  readonly keepFailed: boolean;
  readonly dryRun: boolean;
}

export interface GarbageVerdict {
  readonly runId: string;
  readonly bytes: number;
  readonly changedAt: number;
  /** Why it stays, or that it went (or would go, in a dry run). */
  readonly verdict:
    | 'removed'
    | 'recent'
    | 'running'
    | 'kept: not completed'
    | 'kept: has worktrees'
    | 'kept: damaged';
  /** Where git keeps the commit that its agents on other hosts started from. */
  readonly repository: string | undefined;
}

interface Candidate {
  readonly folder: RunFolder;
  readonly runId: string;
  readonly bytes: number;
  readonly changedAt: number;
}

export async function collectGarbage(
  stateDir: string,
  rule: GarbageRule,
  { now }: { readonly now: number },
): Promise<GarbageVerdict[]> {
  if (!rule.dryRun) await removeLeftovers(stateDir, now);
  const candidates = runIds(stateDir)
    .map((runId) => candidateOf(findRun(stateDir, runId), runId))
    .sort((a, b) => a.changedAt - b.changedAt);
  let total = candidates.reduce((sum, { bytes }) => sum + bytes, 0);
  const verdicts: GarbageVerdict[] = [];
  for (const { folder, ...about } of candidates) {
    const tooOld = rule.olderThanMs !== null && now - about.changedAt > rule.olderThanMs;
    const tooMuch = rule.maxBytes !== null && total > rule.maxBytes;
    const { reason, repository } = tooOld || tooMuch ? await looked(folder, rule.keepFailed) : RECENT;
    const verdict = reason ?? (rule.dryRun || (await remove(folder)) ? 'removed' : 'running');
    if (verdict === 'removed') total -= about.bytes;
    verdicts.push({ ...about, verdict, repository });
  }
  return verdicts;
}

/** The newest change of the two files that change last: the folder's own time says only when a file came or went. */
function candidateOf(folder: RunFolder, runId: string): Candidate {
  const times = [folder.dir, folder.journalFile, folder.resultFile].map(
    (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return { folder, runId, bytes: bytesIn(folder.dir), changedAt: Math.max(...times) };
}

function bytesIn(dir: string): number {
  const entries = readdirSync(dir, { withFileTypes: true, recursive: true });
  return entries.reduce((sum, entry) => {
    if (!entry.isFile()) return sum;
    return sum + (statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}

interface Looked {
  /** To keep it. */
  readonly reason: Exclude<GarbageVerdict['verdict'], 'removed'> | undefined;
  readonly repository: string | undefined;
}

const RECENT: Looked = { reason: 'recent', repository: undefined };

async function looked(folder: RunFolder, keepFailed: boolean): Promise<Looked> {
  try {
    const run = await readRun(folder);
    const { tree } = (run?.attempts.at(-1) ?? run?.description)?.options ?? {};
    return { reason: reasonToKeep(run, folder, keepFailed), repository: tree?.start?.repository };
  } catch {
    // It may hold the only trace of paid work; a person decides.
    return { reason: 'kept: damaged', repository: undefined };
  }
}

function reasonToKeep(
  run: RecordedRun | undefined,
  folder: RunFolder,
  keepFailed: boolean,
): Looked['reason'] {
  if (run?.state === 'running') return 'running';
  if (hasWorktrees(folder)) return 'kept: has worktrees';
  if (keepFailed && run?.state !== 'standing' && run?.result?.status !== 'completed')
    return 'kept: not completed';
  return undefined;
}

function hasWorktrees(folder: RunFolder): boolean {
  const stat = statSync(folder.worktreesDir, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && readdirSync(folder.worktreesDir).length > 0;
}

const DOOMED = 'removing-';

/** Under the run's own lock, and renamed first: a resume that comes at this moment finds all of it or nothing. */
async function remove(folder: RunFolder): Promise<boolean> {
  const lock = await takeRunLock(folder.dir);
  if (lock === undefined) return false;
  try {
    const doomed = path.join(path.dirname(path.dirname(folder.dir)), `${DOOMED}${path.basename(folder.dir)}`);
    renameSync(folder.dir, doomed);
    rmSync(doomed, { recursive: true, force: true });
    return true;
  } finally {
    await lock.release();
  }
}

/** What a collection that was cut off had begun to remove. One that still removes holds the lock of what it removes. */
async function removeLeftovers(stateDir: string, now: number): Promise<void> {
  if (!existsSync(stateDir)) return;
  for (const entry of readdirSync(stateDir, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const place = path.join(stateDir, entry.name);
    if (isScratch(entry.name)) removeOldScratch(place, now);
    if (!entry.name.startsWith(DOOMED)) continue;
    // Its lock may already be gone: then both remove, and each passes over what the other was faster with.
    if (!(await isRunLocked(place))) rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  }
}
