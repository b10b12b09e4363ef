/** Fills in what a run's page shows of its calls, each with what its own record tells of its work. */
import { statSync } from 'node:fs';
import type { RunFolder } from '../../journal/run-folder.ts';
import type { RecordedRun } from '../../journal/run-record.ts';
import { transcriptItems } from '../../journal/transcript-items.ts';
import type { PageCall } from '../../report/page/page-run.ts';
import { type CallStory, CallStoryFold } from '../../report/transcript/call-story.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import { isStream, recordOf } from '../reading/call-log.ts';

/** Of the records of all calls, each its share: a night of a thousand agents is read in seconds. */
const RECORD_BYTES = 512 * 1024 * 1024;
const LEAST_RECORD_BYTES = 64 * 1024;
/** Of all calls together, as text: twice what could be shown. */
const STORY_CHARACTERS = 4_000_000;
const LEAST_STORY_CHARACTERS = 2_000;

/** `endedAt`: the last thing known of the run. */
export async function pageCallsOf(folder: RunFolder, run: RecordedRun, endedAt: number): Promise<PageCall[]> {
  const { records } = run.journal;
  const lastSeen = lastSeenByAttempt(records);
  const last = run.attempts.at(-1)?.attempt;
  const replays = byCall(records.filter((record) => record.type === 'replayed'));
  const setbacks = byCall(records.filter((record) => record.type === 'setback'));
  const bounds = {
    bytes: Math.max(LEAST_RECORD_BYTES, Math.floor(RECORD_BYTES / run.calls.size)),
    characters: Math.max(LEAST_STORY_CHARACTERS, Math.floor(STORY_CHARACTERS / run.calls.size)),
  };
  const calls: PageCall[] = [];
  for (const [id, { started, settled }] of run.calls) {
    const putBack = setbacks.get(id) ?? [];
    const cutOffAt = started.attempt === last ? endedAt : (lastSeen.get(started.attempt) ?? started.at);
    calls.push({
      started,
      endedAt: settled === undefined ? Math.max(started.at, cutOffAt) : started.at + settled.durationMs,
      outcome: settled?.outcome,
      setbacks: putBack,
      isPutBack: settled === undefined && (putBack.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= started.at,
      replayedIn: (replays.get(id) ?? []).map(({ attempt }) => attempt),
      story: await storyOf(recordOf(folder, id), bounds),
    });
  }
  return calls;
}

function byCall<Kind extends { readonly call: number }>(records: readonly Kind[]): Map<number, Kind[]> {
  const found = new Map<number, Kind[]>();
  for (const record of records) {
    const others = found.get(record.call);
    if (others === undefined) found.set(record.call, [record]);
    else others.push(record);
  }
  return found;
}

/** When each attempt last told anything: of one that was cut off, the end as far as it is known. */
export function lastSeenByAttempt(records: readonly JournalRecord[]): Map<number, number> {
  const seen = new Map<number, number>();
  let attempt = 0;
  for (const record of records) {
    if (record.type === 'attempt') attempt = record.attempt;
    seen.set(attempt, Math.max(seen.get(attempt) ?? 0, record.at));
  }
  return seen;
}

/** `undefined` where nothing was recorded, or nothing that tells of steps. */
async function storyOf(
  file: string | undefined,
  { bytes, characters }: { readonly bytes: number; readonly characters: number },
): Promise<CallStory | undefined> {
  if (file === undefined || !isStream(file)) return undefined;
  const fold = new CallStoryFold(characters);
  for await (const { item } of transcriptItems(file, bytes)) fold.add(item);
  return fold.story(statSync(file).size > bytes);
}
