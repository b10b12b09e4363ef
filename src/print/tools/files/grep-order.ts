/** What a search is asked for and what it finds, whoever searches. */
import type { Program } from '../../../core/program.ts';
import type { WorkingFolder } from '../shell/working-folder.ts';
import { choice, flag, number, optional, text, type Values } from '../tool-fields.ts';
import type { HiddenFiles } from './hidden-files.ts';

export const GREP_FIELDS = {
  pattern: text('A regular expression'),
  path: optional(text('The file or folder to look in; the working directory unless given')),
  glob: optional(text('Only files whose path matches, like *.ts')),
  type: optional(text('Only files of a kind, like js, py, rust')),
  output_mode: optional(
    choice(['content', 'files_with_matches', 'count'], 'What is shown; files_with_matches unless given'),
  ),
  '-i': optional(flag('Whatever the case')),
  '-n': optional(flag('Line numbers; true unless given')),
  '-o': optional(flag('Only what matched of a line')),
  '-A': optional(number('Lines shown after each match')),
  '-B': optional(number('Lines shown before each match')),
  '-C': optional(number('Lines shown around each match')),
  context: optional(number('The same as -C')),
  multiline: optional(flag('Matches may go over several lines')),
  head_limit: optional(number('How many lines or files are shown; 250 unless given, 0 for all')),
  offset: optional(number('How many of them are passed over first')),
};

export type GrepInput = Values<typeof GREP_FIELDS>;

export interface GrepDeps {
  readonly folder: WorkingFolder;
  readonly program: Pick<Program, 'env' | 'clock'>;
  readonly hidden: HiddenFiles;
}

export interface GrepOrder extends GrepDeps {
  readonly input: GrepInput;
  /** Absolute. */
  readonly place: string;
  readonly signal: AbortSignal;
}

/** Lines as ripgrep prints them, paths relative to the working directory; or files alone. */
export interface GrepFindings {
  readonly lines: readonly string[];
  /** For the model: what was left out, or why it ended early. */
  readonly note: string | undefined;
}
