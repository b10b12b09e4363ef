/** What `andwait exec` is about to run, and in which run's folder: a new one, or one that is gone on with. */
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { Program } from '../../core/program.ts';
import { defaultOptions, type RunOptions } from '../../core/run.ts';
import { describedRun } from '../../journal/describe-run.ts';
import { createRunFolder, newRunId, type RunFolder } from '../../journal/run-folder.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { tellEstimate } from '../estimate.ts';
import { findResumable } from '../find-resumable.ts';
import { shWord } from '../shell-words.ts';
import { workingFolder } from '../working-folder.ts';
import type { ExecCommandLine } from './exec-options.ts';

export interface ExecPlan {
  readonly runId: string;
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly options: RunOptions;
  readonly reuse: 'content' | 'none';
  readonly quiet: boolean;
  /** Makes the folder, or finds it. From here on the run exists. */
  readonly folder: () => Promise<RunFolder>;
}

/** Everything that can be wrong is found before anything is made. */
export async function execPlan(line: ExecCommandLine, program: Program): Promise<ExecPlan> {
  return line.resume === undefined ? newPlan(line, program) : await resumedPlan(line, line.resume, program);
}

function newPlan(line: ExecCommandLine, program: Program): ExecPlan {
  const { command } = line;
  const [file = ''] = command;
  const { clock, random, uid, cores } = program;
  const cwd = workingFolder(line.cwd, program.cwd);
  const base = defaultOptions(cores);
  // A text answer comes at the end of hours of work: only who knows the recipe's calls can say what is too long.
  const options = optionsOver({ ...base, idleMs: null }, line);
  const state = stateDir(program);
  const startedAt = clock.now();
  const description = describedRun({
    runId: newRunId(startedAt, random),
    kind: 'exec',
    name: path.basename(file),
    description: commandText(command),
    scriptPath: file,
    args: argsOf(command),
    cwd,
    options,
    startedAt,
  });
  // Off a terminal nobody is told before the end.
  tellEstimate(description, { quiet: line.quiet || program.stderr.isTTY !== true }, program);
  const { runId, name } = description;
  const folder = async () => await createRunFolder(state, uid, description, undefined);
  return { runId, name, command, cwd, options, reuse: 'none', quiet: line.quiet, folder };
}

async function resumedPlan(line: ExecCommandLine, wanted: string, program: Program): Promise<ExecPlan> {
  const { folder, run } = await findResumable(wanted, program, 'exec');
  const { runId, name } = run.description;
  // What the last attempt changed holds for the next one too.
  const last = run.attempts.at(-1) ?? run.description;
  const command = line.command.length > 0 ? line.command : commandIn(last.args, runId);
  const cwd = workingFolder(line.cwd ?? run.description.cwd, program.cwd);
  const options = optionsOver(last.options, line);
  const found = { runId, name, command, cwd, options, reuse: 'content', quiet: line.quiet } as const;
  return { ...found, folder: async () => folder };
}

/** As `args` of the run and of each attempt. */
export function argsOf(command: readonly string[]): Json {
  return { command };
}

function commandIn(args: Json | undefined, runId: string): string[] {
  const command = isJsonObject(args) ? args['command'] : undefined;
  const words = Array.isArray(command) ? command.filter((word) => typeof word === 'string') : [];
  if (words.length > 0) return words;
  throw new UserError(`run ${runId} does not tell its command; give it behind \`--\``);
}

/** As it would be typed. */
export function commandText(command: readonly string[]): string {
  return command.map(shWord).join(' ');
}

function optionsOver(base: RunOptions, line: ExecCommandLine): RunOptions {
  const { caps, timeoutMs, idleMs, waitForQuota = base.waitForQuota, failOn = base.failOn } = line;
  return {
    ...base,
    caps: caps(base.caps),
    timeoutMs: timeoutMs ?? base.timeoutMs,
    idleMs: idleMs === undefined ? (base.idleMs ?? null) : idleMs,
    ...(waitForQuota === undefined ? {} : { waitForQuota }),
    ...(failOn === undefined ? {} : { failOn }),
  };
}
