/** Makes a run of ours out of one of Claude Code: from then on it is a run that was cut off, like any other. */
import { VERSION } from '../../core/program.ts';
import { encodeRecord, JOURNAL_FORMAT, type JournalRecord } from '../../wire/records/record.ts';
import { writeFileAtomic } from '../atomic-file.ts';
import { createRunFolder, type RunDescription, type RunFolder } from '../run-folder.ts';
import type { PromptLine } from '../transcript-file.ts';
import { writeCallTranscript } from './call-transcript.ts';

export interface ImportedRun {
  readonly description: RunDescription;
  readonly script: string;
  /** The journal it begins with, but for its header. */
  readonly records: readonly JournalRecord[];
  readonly transcripts: readonly ImportedTranscript[];
}

export interface ImportedTranscript {
  readonly file: string;
  readonly first: PromptLine;
}

/** Nothing of it is a run before all of it is on the disk. */
export async function importRun(
  stateDir: string,
  uid: number,
  { description, script, records, transcripts }: ImportedRun,
): Promise<RunFolder> {
  const { runId, startedAt } = description;
  const header: JournalRecord = {
    type: 'header',
    format: JOURNAL_FORMAT,
    runId,
    version: VERSION,
    at: startedAt,
  };
  return await createRunFolder(stateDir, uid, description, script, async (folder) => {
    for (const { file, first } of transcripts) {
      await writeCallTranscript(file, folder.transcriptFile(first.call), first);
    }
    await writeFileAtomic(folder.journalFile, [header, ...records].map(encodeRecord).join(''));
  });
}
