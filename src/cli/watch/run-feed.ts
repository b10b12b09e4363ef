/** The events of a run from its files: what its journal records, and what its running agents do. */
import type { RunEvent } from '../../core/progress.ts';
import { type FollowDeps, type FollowedEnd, followRun } from '../../journal/follow/follow-run.ts';
import { RecordedEvents } from '../../journal/follow/recorded-events.ts';
import type { RunDescription, RunFolder } from '../../journal/run-folder.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import { RunActivity } from './run-activity.ts';

export interface FeedBatch {
  /** Of the first batch: all of the last attempt so far. A `run_started` later on begins another attempt. */
  readonly events: readonly RunEvent[];
  /** What the events were made of, earlier attempts included. */
  readonly records: readonly JournalRecord[];
  readonly end: FollowedEnd | undefined;
}

/** Transcripts are written twice a second. */
const ACTIVITY_MS = 500;

/** A batch at once, then one for each look at the files. Ends as `followRun` does, and throws what that throws. */
export async function* runFeed(
  folder: RunFolder,
  description: RunDescription,
  deps: FollowDeps,
  signal: AbortSignal,
): AsyncGenerator<FeedBatch> {
  const { clock } = deps;
  const recorded = new RecordedEvents(description);
  const activity = new RunActivity(folder);
  let isFirst = true;
  let activityAt = Number.NEGATIVE_INFINITY;
  for await (const { records, end } of followRun(folder, deps, signal)) {
    const all = records.flatMap((record) => recorded.of(record));
    for (const event of all) activity.heard(event);
    const events = isFirst ? lastAttemptOf(all) : all;
    isFirst = false;
    const now = clock.monotonicMs();
    if (end === undefined && now - activityAt >= ACTIVITY_MS) {
      activityAt = now;
      events.push(...activity.read(clock.now()));
    }
    if (end?.kind === 'ended') events.push(end.result);
    yield { events, records, end };
  }
}

function lastAttemptOf(events: readonly RunEvent[]): RunEvent[] {
  return events.slice(
    Math.max(
      0,
      events.findLastIndex(({ type }) => type === 'run_started'),
    ),
  );
}
