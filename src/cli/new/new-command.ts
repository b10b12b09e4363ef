/** `andwait new`: a model writes a script, it is checked, rehearsed and shown, and then kept, saved, or run by somebody's leave. */
import { existsSync, lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import type { RunOptions } from '../../core/run.ts';
import { runFaultIn } from '../../launch/run-fault.ts';
import { refuseWhereOff } from '../../launch/workflows-off.ts';
import type { Authored } from '../../workflow/authoring/launch-authoring.ts';
import { NOBODY } from '../ci/ci-run.ts';
import { guideNamed } from '../docs/guides.ts';
import { canGoOn, raisedCaps } from '../next-step.ts';
import { printLines } from '../print-lines.ts';
import { runCommand } from '../run/run-command.ts';
import type { RunCommandLine } from '../run/run-options.ts';
import { scriptArgs, textOn } from '../run/script-args.ts';
import { workingFolder } from '../working-folder.ts';
import { prepareAuthoring } from './author-run.ts';
import { canAsk } from './consent.ts';
import { handOver } from './hand-over.ts';
import type { NewCommandLine } from './new-options.ts';
import { NewTerminal } from './new-terminal.ts';
import { withoutScriptObject } from './script-object.ts';

/** Returns the exit code: of the writing or, where it is run, of the run. */
export async function newCommand(line: NewCommandLine, program: Program): Promise<number> {
  const next = await written(line, program);
  if (typeof next === 'number') return next;
  return await runCommand(next, program, NOBODY);
}

/** The command line of the run that follows, or the exit code where none does. */
async function written(line: NewCommandLine, program: Program): Promise<RunCommandLine | number> {
  using terminal = new NewTerminal(line.quiet, program);
  try {
    const authored = await authoredBy(line, terminal, program);
    terminal.ended(authored.result);
    const { result, folder } = authored;
    if (authored.written?.kind !== 'good') return await withoutScript(authored, line, terminal, program);
    const { draft } = authored.written;
    const handed = await handOver(draft, authored, line, terminal, program);
    if (handed.kind === 'over') return handed.code;
    return {
      file: folder.scriptFile,
      cwd: line.cwd,
      options: optionsAfter(result.costUsd, line.options),
      args: draft.args === undefined ? undefined : JSON.stringify(draft.args),
      arg: [],
      output: line.json ? 'json' : 'text',
      quiet: line.quiet,
    };
  } catch (error) {
    return terminal.stopped(error);
  }
}

async function authoredBy(line: NewCommandLine, terminal: NewTerminal, program: Program): Promise<Authored> {
  const { name, options } = line;
  const cwd = workingFolder(line.cwd, program.cwd);
  await refuseWhereOff(cwd, program);
  refuseInVain(line, program);
  const { stdin } = program;
  const task = (line.task ?? (await textOn(stdin, 'stdin (the task)', terminal.signal))).trim();
  if (task === '') throw new UserError('the task is empty; say what the script is to do');
  const args = await scriptArgs(line, stdin, terminal.signal);
  const { text: guide } = await guideNamed('authoring', program);
  const assignment = { task, guide, name, args };
  const begin = await prepareAuthoring({ assignment, cwd, options }, program, terminal);
  await terminal.open();
  try {
    return await begin(terminal.event);
  } catch (error) {
    const fault = runFaultIn(error);
    if (fault === undefined) throw error;
    throw new UserError(`${fault.message}; no script was written. Begin anew`, EXIT.capped);
  }
}

/** Whatever would come to nothing after a model has been paid. */
function refuseInVain({ task, run, out }: NewCommandLine, program: Program): void {
  if (task === undefined && program.stdin.isTTY === true) {
    throw new UserError(
      "say what the script is to do, as in: andwait new 'review every changed file for bugs'",
    );
  }
  if (run === 'ask' && !canAsk(program)) {
    throw new UserError(
      '--run asks before it runs anything, and there is no terminal to ask at (stdin and stderr); leave --run out to have the script alone, or add --yes to run it unseen',
    );
  }
  if (out !== undefined) refuseOut(out, program.cwd);
}

function refuseOut(out: string, cwd: string): void {
  const file = path.resolve(cwd, out);
  const folder = path.dirname(file);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UserError(`--out ${JSON.stringify(out)}: there is no folder ${folder}; make it first`);
  }
  // A link that leads nowhere is there, too.
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) {
    throw new UserError(`--out ${JSON.stringify(out)} is there already; name a new file`);
  }
}

/** What the writing cost is part of what both may cost. */
function optionsAfter(spentUsd: number, options: RunOptions): RunOptions {
  const { costUsd = null } = options.caps;
  if (costUsd === null) return options;
  const left = costUsd - spentUsd;
  if (left <= 0) {
    throw new UserError(
      `--max-cost ${costUsd} was used up by the writing; run the script with a --max-cost of its own`,
      EXIT.capped,
    );
  }
  return { ...options, caps: { ...options.caps, costUsd: left } };
}

async function withoutScript(
  { result, written, folder }: Authored,
  { json, quiet }: NewCommandLine,
  terminal: NewTerminal,
  program: Program,
): Promise<number> {
  const last = written?.kind === 'bad' ? folder.draftFile(written.drafts) : undefined;
  // The summary has said it to everybody else.
  const why = result.error?.message ?? result.pause?.message ?? 'a cap ended it';
  if (quiet) terminal.insist([`andwait: ${result.name} ${result.status} (run ${result.runId}): ${why}`]);
  if (last !== undefined)
    terminal.insist([`andwait: no valid script came of it; the last draft is kept in ${last}`]);
  if (canGoOn(result)) {
    terminal.insist([
      `andwait: there is no going on with it; begin anew: andwait new${raisedCaps(result.calls)} TASK`,
    ]);
  }
  if (json) await printLines(program, [JSON.stringify(withoutScriptObject(result, last))]);
  return terminal.exitOf(result);
}
