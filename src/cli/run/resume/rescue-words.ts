/** What a person is told of a rescue: what was found, what could be reused, and what could not be read. */
import type { Writable } from 'node:stream';
import { defaultOptions } from '../../../core/run.ts';
import type { ClaudeRun } from '../../../journal/claude-run/claude-run.ts';
import { foldRecords } from '../../../journal/run-record.ts';
import { safeLine } from '../../../report/text/safe-text.ts';
import { rescuedRun } from '../../../workflow/rescued-run.ts';
import type { ResumeCommandLine } from '../run-options.ts';
import { reusableLines } from './reusable-calls.ts';

/** Before the run begins; what its agents cost is told in the end. */
export function tellRescue(run: ClaudeRun, runId: string, stderr: Writable): void {
  const { calls, place, version, notices } = run;
  const finished = calls.filter(({ end }) => end.kind === 'text' || end.kind === 'structured').length;
  const engine = version === undefined ? 'Claude Code' : `Claude Code ${version}`;
  const lines = [
    `run ${place.runId} of ${engine} goes on as ${runId}: ${finished} of ${calls.length} agents had finished`,
    ...notices,
  ];
  stderr.write(lines.map((line) => `andwait: ${safeLine(line)}\n`).join(''));
}

/** `--dry-run`: nothing is made. */
export function rescuableLines(run: ClaudeRun, line: ResumeCommandLine, cores: number): string[] {
  const options = defaultOptions(cores);
  const { records } = rescuedRun(run, options, 0);
  const { attempts, calls } = foldRecords(records);
  const lines = reusableLines({ description: { options }, attempts, records, calls }, line);
  return [...run.notices.map(safeLine), ...lines];
}
