/** `andwait resume --dry-run`: which recorded calls could answer again, and which would run. */
import type { RecordedRun } from '../journal/run-record.ts';
import { recordedCalls } from '../pool/recorded-calls.ts';
import { safeLine } from '../report/safe-text.ts';
import type { ResumeCommandLine } from './run-options.ts';

export function reusableLines(
  { description, attempts, journal, calls }: RecordedRun,
  line: ResumeCommandLine,
): string[] {
  const { rehearse } = line.options((attempts.at(-1) ?? description).options);
  const { replies } = recordedCalls(journal.records, rehearse);
  const reusable = new Set([...replies.values()].map(({ call }) => call));
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
  return [
    ...rows,
    `${count} of ${calls.size} recorded calls can be reused if the script asks for them again`,
  ];
}
