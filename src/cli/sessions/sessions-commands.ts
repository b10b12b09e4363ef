/** The command `sessions`; its code loads when it is called. */
import type { Argv } from 'yargs';
import type { Program } from '../../core/program.ts';
import type { CarriedOutBy } from '../command-line/carried-out-by.ts';
import { defineSessionsOptions } from './sessions-options.ts';

export function withSessions(commandLine: Argv, carriedOutBy: CarriedOutBy, program: Program): Argv {
  return commandLine.command(
    'sessions [dir..]',
    "make small batches of Claude Code's session logs, for /profile-sessions to read",
    defineSessionsOptions,
    carriedOutBy(async (parsed) => {
      const { sessionsCommand } = await import('./sessions-command.ts');
      return await sessionsCommand(parsed, program);
    }),
  );
}
