/** `andwait run` and `andwait resume`: the command line and the terminal on one side, a run on the other. */
import { exitCodeOf } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import { launchRun } from '../workflow/launch-run.ts';
import type { PreparedRun } from './prepare-launch.ts';
import { findResumable, prepareResume } from './prepare-resume.ts';
import { prepareRun } from './prepare-run.ts';
import { printLines } from './print-lines.ts';
import { reusableLines } from './reusable-calls.ts';
import type { ResumeCommandLine, RunCommandLine, RunDisplay } from './run-options.ts';
import { RunTerminal } from './run-terminal.ts';

/** Returns the exit code. */
export async function runCommand(line: RunCommandLine, program: Program): Promise<number> {
  return await carryOut(line, program, () => prepareRun(line, program));
}

/** Returns the exit code. */
export async function resumeCommand(line: ResumeCommandLine, program: Program): Promise<number> {
  const found = await findResumable(line.run, program);
  if (line.dryRun) return await printLines(program, reusableLines(found.run, line));
  return await carryOut(line, program, () => prepareResume(line, found, program));
}

async function carryOut(
  display: RunDisplay,
  program: Program,
  prepare: () => Promise<PreparedRun>,
): Promise<number> {
  using terminal = new RunTerminal(display, program);
  const { launch, deps } = await prepare().catch((refusal: unknown) => terminal.refuse(refusal));
  await terminal.open();
  const progress = terminal.event;
  const result = await launchRun(launch, { ...deps, progress }, terminal.signal);
  await terminal.end(result);
  return exitCodeOf(result, terminal.stoppedBy());
}
