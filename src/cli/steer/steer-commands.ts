/** The five commands that take hold of a run from any shell; their code loads when one is called. */
import type { Argv } from 'yargs';
import type { Program } from '../../core/program.ts';
import type { CarriedOutBy } from '../command-line/carried-out-by.ts';
import { defineCallSteering, defineRunSteering } from './steer-options.ts';

const OF_RUNS = {
  stop: 'end a run and its agents, from any shell; it can be resumed',
  pause: 'let the agents of a run finish, and start no other',
  continue: 'have a paused run go on',
} as const;

const OF_CALLS = {
  skip: 'end calls of a run, RUN CALL …: a script gets null for each',
  retry: 'start running calls of a run anew, RUN CALL …',
} as const;

export function withSteering(commandLine: Argv, carriedOutBy: CarriedOutBy, program: Program): Argv {
  for (const action of ['stop', 'pause', 'continue'] as const) {
    commandLine.command(
      `${action} [run]`,
      OF_RUNS[action],
      defineRunSteering,
      carriedOutBy(async (parsed) => {
        const { steerRunCommand } = await import('./steer-command.ts');
        return await steerRunCommand(action, parsed, program);
      }),
    );
  }
  for (const action of ['skip', 'retry'] as const) {
    commandLine.command(
      `${action} [words..]`,
      OF_CALLS[action],
      defineCallSteering,
      carriedOutBy(async (parsed) => {
        const { steerCallsCommand } = await import('./steer-command.ts');
        return await steerCallsCommand(action, parsed, program);
      }),
    );
  }
  return commandLine;
}
