/** `andwait resume --dry-run`: which recorded calls could answer again, and which would run. */
import type { RunOptions } from '../../../core/run.ts';
import type { RecordedRun } from '../../../journal/run-record.ts';
import { recordedCalls } from '../../../pool/recorded-calls.ts';
import { safeLine } from '../../../report/text/safe-text.ts';
import type { JournalRecord } from '../../../wire/records/record.ts';
import type { ResumeCommandLine } from '../run-options.ts';

/** Enough of a run to say what could be reused. */
export interface ReusableRun extends Pick<RecordedRun, 'attempts' | 'calls'> {
  readonly description: { readonly options: RunOptions };
  readonly records: readonly JournalRecord[];
}

export function reusableLines(
  { description, attempts, records, calls }: ReusableRun,
  line: ResumeCommandLine,
): string[] {
  const { rehearse } = line.options((attempts.at(-1) ?? description).options);
  const { replies, rescued } = recordedCalls(records, rehearse);
  const reusable = new Set(
    [...[...replies.values()].flat(), ...[...rescued.values()].flat()].map(({ call }) => call),
  );
  const rows = [...calls].map(([id, { started, settled }]) => {
    const again = line.reuse !== 'none' && reusable.has(id);
    const why =
      settled === undefined
        ? 'never settled'
        : settled.outcome.kind === 'reply'
          ? 'done'
          : settled.outcome.reason;
    return `${again ? 'reuse' : 'run  '}  #${id} ${safeLine(started.label)} (${why})`;
  });
  const count = line.reuse === 'none' ? 0 : reusable.size;
  const until = line.reuse === 'prefix' ? ', before it makes a call that is new' : '';
  return [
    ...rows,
    `${count} of ${calls.size} recorded calls can be reused if the script asks for them again${until}`,
  ];
}
