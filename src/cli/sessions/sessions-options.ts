/** The command line of `sessions`. */
import type { Argv } from 'yargs';
import { TEXT } from '../command-line/flag-kinds.ts';
import type { Parsed } from '../command-line/parsed.ts';

export function defineSessionsOptions(yargs: Argv) {
  return yargs
    .positional('dir', {
      type: 'string',
      array: true,
      describe: 'folders of session logs, or single files [default: ~/.claude/projects]',
    })
    .options({
      out: {
        ...TEXT,
        default: 'session-batches',
        describe: 'write the batches into this folder [default: session-batches]',
      },
      since: {
        ...TEXT,
        describe: 'only sessions that went on since: 12h, 30d, 8w ago, or 2026-11-22 (UTC)',
      },
      headless: {
        type: 'boolean',
        default: false,
        describe: 'those of programs (`claude -p`) as well, not only of people',
      },
    } as const)
    .epilogue('As in: andwait sessions --since 30d | andwait run /profile-sessions --args -');
}

export type SessionsOptions = Parsed<typeof defineSessionsOptions>;
