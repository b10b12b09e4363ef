/** `andwait __complete SHELL WORDS…`, which the shells' completion functions call at each Tab: quick, silent, and changing nothing. */
import type { Argv } from 'yargs';
import type { Program } from '../../core/program.ts';
import { safeLine, shortLine } from '../../report/text/safe-text.ts';
import { printLines } from '../print-lines.ts';
import { commandWords } from './command-words.ts';
import { type Candidate, complete } from './complete.ts';
import { completionSources } from './completion-sources.ts';
import { bashLine, wordsTyped } from './shell-line.ts';

/**
 * First line: `files` where the shell is to offer those too, else `none`. Then a candidate each: for bash as it goes into
 * the line, for the others bare, a tab, and what it is.
 */
export async function completeCommand(
  define: (commandLine: Argv) => unknown,
  program: Program,
): Promise<number> {
  const [, shell, ...raw] = program.argv;
  const line = shell === 'bash' ? bashLine(raw) : wordsTyped(raw);
  if (line === undefined) return await printLines(program, ['none']);
  const { files, candidates } = await complete(line.words, commandWords(define), completionSources(program));
  const shown = candidates.filter(isSayable).flatMap(({ value, about }) => {
    const inserted = line.inserted(value);
    if (inserted === undefined) return [];
    return [shell === 'bash' ? inserted : `${inserted}\t${shortLine(about, 60)}`];
  });
  return await printLines(program, [files ? 'files' : 'none', ...shown]);
}

/** One that would show as something else than it is has to be typed. */
function isSayable({ value }: Candidate, at: number, all: readonly Candidate[]): boolean {
  const isFirst = all.findIndex((other) => other.value === value) === at;
  return isFirst && safeLine(value) === value && value !== '';
}
