/** The calls of a run's last attempt: those that ran in it, and those that an earlier outcome answered. What they took the place of is not among them. */
import type { RecordedRun } from '../../journal/run-record.ts';
import type { EndedCall } from '../../report/ci/ended-call.ts';

/** By number. */
export function endedCalls({
  journal,
  attempts,
  calls,
}: Pick<RecordedRun, 'journal' | 'attempts' | 'calls'>): EndedCall[] {
  const last = attempts.at(-1)?.attempt;
  const replayed = new Set(
    journal.records.flatMap((record) =>
      record.type === 'replayed' && record.attempt === last ? [record.call] : [],
    ),
  );
  return [...calls]
    .filter(([id, { started }]) => started.attempt === last || replayed.has(id))
    .sort(([a], [b]) => a - b)
    .map(([call, { started, settled }]) => {
      const { label, phase, workflow, at: startedAt } = started;
      const isReplay = replayed.has(call);
      const durationMs = isReplay ? 0 : (settled?.durationMs ?? 0);
      const outcome = settled?.outcome;
      return { call, label, phase, workflow, startedAt, outcome, durationMs, replayed: isReplay };
    });
}
