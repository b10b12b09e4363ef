/** Fills in what a run's page shows, from the files of its folder alone. */
import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { VERSION } from '../../core/program.ts';
import { attemptEnds } from '../../journal/attempt-ends.ts';
import { steeredText } from '../../journal/follow/recorded-events.ts';
import type { RunDescription, RunFolder } from '../../journal/run-folder.ts';
import type { RecordedRun } from '../../journal/run-record.ts';
import type { PageAttempt, PageLogLine, PageRun } from '../../report/page/page-run.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import { callsOf } from '../exec/exec-result.ts';
import { nextCommandOf } from '../next-step.ts';
import { lastSeenByAttempt, pageCallsOf } from './page-calls-of.ts';

const MAX_SCRIPT_BYTES = 1024 * 1024;

export async function pageRunOf(folder: RunFolder, run: RecordedRun, now: number): Promise<PageRun> {
  const { description, journal, result } = run;
  const { records } = journal;
  const endedAt = run.state === 'running' ? now : lastMoment(records, description);
  const { runId, name, kind, startedAt, scriptPath, args, cwd } = description;
  return {
    runId,
    name,
    description: description.description,
    kind,
    status: run.state === 'ended' ? (result?.status ?? 'unfinished') : run.state,
    startedAt,
    endedAt,
    scriptPath,
    script: scriptOf(folder, run),
    args: run.attempts.at(-1)?.args ?? args,
    cwd,
    options: run.attempts.at(-1)?.options ?? description.options,
    rescuedFrom: rescuedFrom(description),
    attempts: attemptsOf(run, endedAt),
    calls: await pageCallsOf(folder, run, endedAt),
    result,
    log: records.flatMap(logLine),
    nextStep: nextStep(run),
    notice: journal.notice,
    madeAt: now,
    version: VERSION,
  };
}

function lastMoment(records: readonly JournalRecord[], { startedAt }: RunDescription): number {
  return records.reduce((last, { at }) => Math.max(last, at), startedAt);
}

function attemptsOf({ journal: { records }, attempts }: RecordedRun, endedAt: number): PageAttempt[] {
  const ends = new Map(attemptEnds(records).map((end) => [end.attempt, end]));
  const lastSeen = lastSeenByAttempt(records);
  return attempts.flatMap(({ attempt, agent, rehearsal }, at) => {
    const end = ends.get(attempt);
    if (end === undefined) return [];
    const isLast = at === attempts.length - 1;
    const seen = lastSeen.get(attempt) ?? end.startedAt;
    return {
      ...end,
      agent,
      rehearsal,
      endedAt: isLast ? Math.max(seen, endedAt) : seen,
      calls: callsOf(records, attempt),
    };
  });
}

/** What the script said, and what was done to the run from outside. */
function logLine(record: JournalRecord): PageLogLine[] {
  switch (record.type) {
    case 'log':
      return [{ at: record.at, label: '', text: record.text }];
    case 'steered':
      return [{ at: record.at, label: 'steered', text: steeredText(record) }];
    case 'held':
      return [{ at: record.at, label: 'held', text: record.cause }];
    case 'released':
      return [{ at: record.at, label: 'goes on', text: '' }];
    default:
      return [];
  }
}

/** As its last attempt ran it. */
function scriptOf(folder: RunFolder, { description, attempts }: RecordedRun): string | undefined {
  if (description.kind !== 'workflow') return undefined;
  const named = path.basename(attempts.at(-1)?.script ?? 'script.js');
  for (const file of [path.join(folder.dir, named), folder.scriptFile]) {
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() && stat.size <= MAX_SCRIPT_BYTES) return readFileSync(file, 'utf8');
  }
  return undefined;
}

function rescuedFrom({ rescuedFrom: from }: RunDescription): string | undefined {
  if (from === undefined) return undefined;
  return `run ${from.runId} of ${from.engine}${from.version === undefined ? '' : ` ${from.version}`}`;
}

/** Nothing for one that is at work. */
function nextStep({ description, state, result }: RecordedRun): string | undefined {
  return state === 'running' || result?.status === 'refused' ? undefined : nextCommandOf(description, result);
}
