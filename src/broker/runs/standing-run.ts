/** The run of a day: what is called outside any other run stands in its journal, so that nothing pooled is unrecorded. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_AGENT_CAP, defaultOptions, type RunCaps, type RunOptions } from '../../core/run.ts';
import { writeFileAtomic } from '../../journal/atomic-file.ts';
import { describedRun } from '../../journal/describe-run.ts';
import { RunFolder } from '../../journal/run-folder.ts';
import { makePrivateDir } from '../../journal/state-dir.ts';
import { NOTHING_RECORDED, recordedCalls } from '../../pool/recorded-calls.ts';
import { resumedAttempt } from '../../pool/resumed-attempt.ts';
import { makeInnerFolder } from '../../wire/files/make-folders.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import type { RunParts } from './run-parts.ts';

/** No cap but the pool's own: nobody asked for one. */
const CAPS: RunCaps = {
  concurrency: Number.MAX_SAFE_INTEGER,
  agents: Number.MAX_SAFE_INTEGER,
  outputTokens: null,
};

const OPTIONS: RunOptions = {
  ...defaultOptions(1),
  caps: { concurrency: DEFAULT_AGENT_CAP, agents: DEFAULT_AGENT_CAP, outputTokens: null },
  permissionMode: 'default',
  idleMs: null,
};

export function standingRunId(now: number): string {
  return `${new Date(now).toISOString().slice(0, 10).replaceAll('-', '')}-standing`;
}

export function isStandingRunId(runId: string): boolean {
  return /^\d{8}-standing$/.test(runId);
}

/** Where it is missing. */
export async function makeStandingFolder(
  stateDir: string,
  runId: string,
  uid: number,
  now: number,
): Promise<void> {
  makePrivateDir(stateDir, uid);
  makePrivateDir(path.join(stateDir, 'runs'), uid);
  const folder = new RunFolder(stateDir, runId);
  makeInnerFolder(folder.dir, uid);
  makeInnerFolder(folder.agentsDir, uid);
  if (existsSync(folder.descriptionFile)) return;
  const description = describedRun({
    runId,
    kind: 'standing',
    name: 'claude calls of the day',
    description: 'calls that were made outside any run',
    args: undefined,
    scriptPath: 'claude',
    cwd: '/',
    options: OPTIONS,
    startedAt: now,
  });
  await writeFileAtomic(folder.descriptionFile, `${JSON.stringify(description, null, 2)}\n`);
}

/** Goes on where an earlier broker of the day left it. What it recorded answers nothing, and is not kept. */
export function standingParts(
  records: readonly JournalRecord[],
): Pick<RunParts, 'state' | 'settled' | 'setBack' | 'started' | 'counted' | 'told' | 'isPaused' | 'heldBy'> {
  const { lastCall, attempts } = recordedCalls(records, false);
  const choices = { caps: CAPS, reuse: 'none', rehearsal: false } as const;
  const resumed = resumedAttempt(records, Math.max(attempts, 1), [], choices);
  const recorded = { ...NOTHING_RECORDED, lastCall, attempts };
  return { ...resumed, state: { ...resumed.state, recorded } };
}

/** One a day, whatever broker serves it. */
export function standingAttempt(pid: number, at: number): JournalRecord {
  return {
    type: 'attempt',
    attempt: 1,
    agent: 'claude',
    rehearsal: false,
    script: '',
    args: undefined,
    options: OPTIONS,
    pid,
    at,
  };
}
