/** `andwait stop|pause|continue RUN`, `andwait skip|retry RUN CALL …`: a run in the hands of another shell. */
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import type { Steering } from '../../core/run.ts';
import { safeText } from '../../report/text/safe-text.ts';
import { printLines } from '../print-lines.ts';
import { type ChosenRun, chosenRun } from '../reading/chosen-run.ts';
import type { RunChoice } from '../reading/run-choice.ts';
import { type CallWords, callChoice } from './steer-options.ts';
import { steerRun } from './steer-run.ts';

/** Returns the exit code: 0 also where it was so already. */
export async function steerRunCommand(
  action: Exclude<Steering, 'skip' | 'retry'>,
  choice: RunChoice,
  program: Program,
): Promise<number> {
  const run = chosenRun(choice, program, action);
  return await printLines(program, [safeText(await steered(run, action, program))]);
}

async function steered(
  run: ChosenRun,
  action: Exclude<Steering, 'skip' | 'retry'>,
  program: Program,
): Promise<string> {
  try {
    return await steerRun(run, { action, call: undefined }, program);
  } catch (error) {
    if (action !== 'stop' || run.description.options.queue === undefined) throw error;
    const { stoppedElsewhere } = await import('./left-in-queue.ts');
    const told = await stoppedElsewhere(run, program);
    if (told === undefined) throw error;
    return told;
  }
}

/** Returns the exit code: 0 when each could be done. Those that cannot are told, and keep no other from it. */
export async function steerCallsCommand(
  action: Extract<Steering, 'skip' | 'retry'>,
  words: CallWords,
  program: Program,
): Promise<number> {
  const { calls, ...choice } = callChoice(words, action);
  const run = chosenRun(choice, program, action);
  let code: number = EXIT.done;
  for (const call of calls) {
    try {
      const told = await printLines(program, [safeText(await steerRun(run, { action, call }, program))]);
      if (told !== EXIT.done) code = told;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      program.stderr.write(safeText(`andwait: ${error.message}\n`));
      code = error.exitCode;
    }
  }
  return code;
}
