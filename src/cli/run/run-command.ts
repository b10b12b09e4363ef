/** `andwait run` and `andwait resume`: the command line and the terminal on one side, a run on the other. */
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import type { RunResult } from '../../core/run.ts';
import { JournalBroken } from '../../journal/journal-writer.ts';
import type { PreparedRun } from '../../launch/prepare-launch.ts';
import { runFaultIn } from '../../launch/run-fault.ts';
import type { Stops } from '../../launch/stops.ts';
import { launchRun } from '../../workflow/launch-run.ts';
import type { RunListener } from '../ci/ci-run.ts';
import { failOnOf } from '../fail-on.ts';
import { findResumable } from '../find-resumable.ts';
import { printLines } from '../print-lines.ts';
import { prepareRun } from './prepare-run.ts';
import { findRescuable, prepareRescue } from './resume/prepare-rescue.ts';
import { prepareResume } from './resume/prepare-resume.ts';
import { rescuableLines } from './resume/rescue-words.ts';
import { reusableLines } from './resume/reusable-calls.ts';
import type { ResumeCommandLine, RunCommandLine, RunDisplay } from './run-options.ts';
import { RunTerminal } from './run-terminal.ts';

/** Returns the exit code. */
export async function runCommand(
  line: RunCommandLine,
  program: Program,
  listener: RunListener,
): Promise<number> {
  return await carryOut(line, program, listener, (stops) => prepareRun(line, program, stops));
}

/** Returns the exit code. */
export async function resumeCommand(
  line: ResumeCommandLine,
  program: Program,
  listener: RunListener,
): Promise<number> {
  if (line.fromClaude !== undefined) return await rescueCommand(line, line.fromClaude, program, listener);
  if (line.dryRun) {
    const { run } = await findResumable(line.run, program);
    return await printLines(program, reusableLines({ ...run, records: run.journal.records }, line));
  }
  return await carryOut(line, program, listener, async (stops) =>
    prepareResume(line, await findResumable(line.run, program), program, stops),
  );
}

async function rescueCommand(
  line: ResumeCommandLine,
  wanted: string,
  program: Program,
  listener: RunListener,
): Promise<number> {
  if (line.dryRun) {
    const run = await findRescuable(wanted, program);
    return await printLines(program, rescuableLines(run, line, program.cores));
  }
  return await carryOut(line, program, listener, async (stops) =>
    prepareRescue(line, await findRescuable(wanted, program), program, stops),
  );
}

async function carryOut(
  display: RunDisplay,
  program: Program,
  listener: RunListener,
  prepare: (stops: Stops) => Promise<PreparedRun>,
): Promise<number> {
  using terminal = new RunTerminal(display, program);
  let prepared: PreparedRun;
  let result: RunResult;
  try {
    prepared = await prepare(terminal);
    await terminal.open();
    result = await carriedOut(prepared, terminal);
  } catch (refusal) {
    return await terminal.refuse(refusal);
  }
  listener.progressOver();
  const code = await terminal.end(result, failOnOf(prepared.launch.options.failOn));
  await listener.ended(prepared.launch.runId);
  return code;
}

async function carriedOut({ launch, deps }: PreparedRun, terminal: RunTerminal): Promise<RunResult> {
  try {
    return await launchRun(launch, { ...deps, progress: terminal.event }, terminal.signal);
  } catch (error) {
    const fault = runFaultIn(error);
    if (fault === undefined) throw error;
    const remedy = fault instanceof JournalBroken ? 'Make room, then' : 'Then';
    throw new UserError(
      `${fault.message}; the run was stopped, and what is recorded is safe. ${remedy}: andwait resume ${launch.runId}`,
      EXIT.capped,
    );
  }
}
