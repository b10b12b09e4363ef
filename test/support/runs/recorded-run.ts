/** A run's folder as its writers leave it, made line by line by the test. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { NO_ACCOUNT, type Outcome } from '../../../src/core/outcome.ts';
import { EMPTY_TALLY, type RunResult } from '../../../src/core/run.ts';
import { type RunDescription, RunFolder } from '../../../src/journal/run-folder.ts';
import { type RunLock, takeRunLock } from '../../../src/journal/run-lock.ts';
import { encodeRecord, type JournalRecord, type StartedRecord } from '../../../src/wire/records/record.ts';
import { DESCRIPTION } from './run-description.ts';

type RecordOf<Type extends JournalRecord['type']> = Extract<JournalRecord, { type: Type }>;

export const RUN_ID = '20261122-164142-s5vj';

export class RecordedRunFiles {
  readonly folder: RunFolder;
  readonly description: RunDescription;

  constructor(stateDir: string, more: Partial<RunDescription> = {}) {
    this.description = { ...DESCRIPTION, runId: RUN_ID, name: 'audit', ...more };
    this.folder = new RunFolder(stateDir, this.description.runId);
    mkdirSync(this.folder.agentsDir, { recursive: true, mode: 0o700 });
    writeFileSync(this.folder.descriptionFile, JSON.stringify(this.description));
    this.record({ type: 'header', format: 1, runId: this.description.runId, version: '0.1.0', at: 0 });
  }

  /** As if a process worked on it. */
  async lock(): Promise<RunLock> {
    const lock = await takeRunLock(this.folder.dir);
    if (lock === undefined) throw new Error('somebody else works on the run');
    return lock;
  }

  record(...records: readonly JournalRecord[]): void {
    this.append(records.map(encodeRecord).join(''));
  }

  /** Also half a line. */
  append(text: string): void {
    appendFileSync(this.folder.journalFile, text);
  }

  /** A line of a call's transcript. */
  says(call: number, event: object): void {
    appendFileSync(this.folder.transcriptFile(call), `${JSON.stringify(event)}\n`);
  }

  ends(more: Partial<RunResult> = {}, attempt = 1): void {
    const status = more.status ?? 'completed';
    this.record({ type: 'end', attempt, status, at: 9000 });
    writeFileSync(this.folder.resultFile, JSON.stringify({ ...RESULT, ...more }));
  }
}

const RESULT: RunResult = {
  type: 'result',
  runId: RUN_ID,
  name: 'audit',
  status: 'completed',
  result: 'done',
  error: null,
  ...EMPTY_TALLY,
  durationMs: 9000,
  attempts: [{ attempt: 1, startedAt: 0, status: 'completed' }],
};

export function attempt(number = 1, more: Partial<RecordOf<'attempt'>> = {}): JournalRecord {
  return {
    type: 'attempt',
    attempt: number,
    agent: 'claude 9.9.9',
    rehearsal: false,
    script: 'script-1.js',
    args: undefined,
    options: DESCRIPTION.options,
    pid: 1,
    at: 0,
    ...more,
  };
}

export function started(call: number, more: Partial<StartedRecord> = {}): JournalRecord {
  return {
    type: 'started',
    call,
    key: `k${call}`,
    label: `agent-${call}`,
    phase: undefined,
    workflow: undefined,
    model: undefined,
    effort: undefined,
    isolation: undefined,
    agentType: undefined,
    hasSchema: false,
    attempt: 1,
    at: 0,
    ...more,
  };
}

export const USED = { inputTokens: 1000, outputTokens: 200, cacheReadTokens: 0, cacheCreationTokens: 0 };

export function reply(text = 'an answer'): Outcome {
  return { ...NO_ACCOUNT, kind: 'reply', text, structured: undefined, usage: USED, costUsd: 0.01 };
}

export function settled(call: number, outcome: Outcome = reply(), at = 2000): JournalRecord {
  return { type: 'outcome', call, key: `k${call}`, outcome, durationMs: at, attempt: 1, at };
}
