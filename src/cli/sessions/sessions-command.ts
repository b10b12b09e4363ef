/**
 * `andwait sessions`: hundreds of megabytes of session logs in, batches that an agent can read whole out, and on stdout what
 * a workflow needs to know of them. Agents could not read the logs, and a script may not: so a small program does.
 */
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { findSessionLogs, type SessionLogsFound } from '../../journal/claude-sessions/find-session-logs.ts';
import { sessionPlaces } from '../../print/session-files/session-places.ts';
import { megabytesText } from '../../report/text/figures.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import { sinceOf } from '../command-line/option-values.ts';
import { printLines } from '../print-lines.ts';
import { BatchFolder } from './batch-folder.ts';
import { type Harvest, harvest } from './harvest.ts';
import type { SessionsOptions } from './sessions-options.ts';

/** What one agent reads in one go, whatever its reader is: some 25,000 tokens at the worst. */
const BATCH_BYTES = 60_000;

export async function sessionsCommand(options: SessionsOptions, program: Program): Promise<number> {
  const since =
    options.since === undefined ? undefined : sinceOf('--since', options.since, program.clock.now());
  const roots = rootsOf(options.dir ?? [], program);
  const found = await logsIn(roots);
  if (found.places.length === 0) throw new UserError(noLogs(roots, found));
  const out = path.resolve(program.cwd, options.out);
  const folder = BatchFolder.open(out, BATCH_BYTES, program.uid);
  const gathered = await harvest(found, { since, headless: options.headless }, folder);
  if (gathered.sessions === 0) throw new UserError(nothingLeft(gathered));
  program.stderr.write(`${summary(gathered, path.relative(program.cwd, out) || '.')}\n`);
  return await printLines(program, [JSON.stringify(gathered)]);
}

function rootsOf(dirs: readonly string[], program: Program): readonly string[] {
  if (dirs.length > 0) return dirs.map((dir) => path.resolve(program.cwd, dir));
  const projects = sessionPlaces(program)?.projects;
  if (projects !== undefined) return [projects];
  throw new UserError(
    'there is no home to look for session logs in; name their folder: andwait sessions DIR',
  );
}

async function logsIn(roots: readonly string[]): Promise<SessionLogsFound> {
  try {
    return await findSessionLogs(roots);
  } catch (error) {
    const { code, path: place = '' } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(
      `${JSON.stringify(place)} cannot be read (${code}): expected a folder of session logs, as ~/.claude/projects is where Claude Code has run; name yours: andwait sessions DIR`,
    );
  }
}

function noLogs(roots: readonly string[], { refused }: SessionLogsFound): string {
  const [first] = refused;
  const why =
    first === undefined ? '' : `; ${refused.length} were refused, the first: ${first.file} ${first.why}`;
  return `no session log in ${roots.map((root) => JSON.stringify(root)).join(', ')}: expected *.jsonl in it or in its folders, as in ~/.claude/projects${why}`;
}

function nothingLeft({ read, dropped }: Harvest): string {
  return `no session of a person is left to hand on: of ${read.files} files read, ${droppedWords(dropped) || 'none held a session'}; --headless takes those of programs, too, and --since reaches further back`;
}

const DROPPED_WORDS: Readonly<Record<keyof Harvest['dropped'], string>> = {
  unreadableFiles: 'files were not readable',
  older: 'sessions were older',
  headless: 'were of programs',
  withoutInput: 'held no input of a person',
  copies: 'were copies of others',
  inputsRepeated: 'inputs stood in another session as well',
  inputsLeftOut: 'inputs were left out of long sessions',
  inputsShortened: 'inputs were shortened',
  badLines: 'lines were torn or no JSON',
  tooLongLines: 'lines were too long',
};

function droppedWords(dropped: Harvest['dropped']): string {
  return (Object.keys(DROPPED_WORDS) as (keyof Harvest['dropped'])[])
    .filter((name) => dropped[name] > 0)
    .map((name) => `${dropped[name]} ${DROPPED_WORDS[name]}`)
    .join(', ');
}

function summary({ sessions, inputs, read, batches, dropped, redacted }: Harvest, out: string): string {
  const secrets = Object.values(redacted).reduce((sum, count) => sum + count, 0);
  const rest = droppedWords(dropped);
  return [
    `${sessions} sessions with ${inputs} inputs, from ${megabytesText(read.bytes)} of logs, are ${batches.length} batches in ${safeLine(out)}`,
    ...(rest === '' ? [] : [`not in them: ${rest}`]),
    `${secrets} secrets were recognised and taken out; look at the files before you hand them to anyone`,
  ].join('\n');
}
