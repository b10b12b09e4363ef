/** The beginning of every `run.json`, whoever begins the run: which format it has, and which version of ours wrote it. */
import { VERSION } from '../core/program.ts';
import { JOURNAL_FORMAT } from '../wire/records/record.ts';
import type { RunDescription } from './run-folder.ts';

export function describedRun(told: Omit<RunDescription, 'format' | 'version'>): RunDescription {
  return { format: JOURNAL_FORMAT, version: VERSION, ...told };
}
