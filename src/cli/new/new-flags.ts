/** The flags of `andwait new`: those of `run` mean the same, for the agent that writes and for the run that may follow. */
import type { Argv } from 'yargs';
import { capFlags } from '../command-line/cap-flags.ts';
import { TEXT, TEXTS } from '../command-line/flag-kinds.ts';
import type { Parsed } from '../command-line/parsed.ts';
import { AGENT_FLAGS, LIMITS } from '../run/run-flags.ts';

const SCRIPT = 'Script and input:';
const AFTERWARDS = 'Afterwards:';

export function defineNewFlags(yargs: Argv) {
  return yargs
    .positional('task', {
      type: 'string',
      describe: 'what the script is to do, in your words; without it, or as -, stdin is read',
    })
    .options({
      name: { ...TEXT, group: SCRIPT, describe: 'its meta.name [default: as the model likes]' },
      args: {
        ...TEXT,
        group: SCRIPT,
        describe: 'JSON: what it is rehearsed and run with; else the model says',
      },
      arg: { ...TEXTS, group: SCRIPT, describe: 'name=value: one field of `args`, as a string; repeatable' },
      ...AGENT_FLAGS,
      ...capFlags(LIMITS),
      run: {
        type: 'boolean',
        default: false,
        group: AFTERWARDS,
        describe: 'run it once you have agreed; stdout is then the run’s',
      },
      yes: {
        type: 'boolean',
        default: false,
        alias: 'y',
        group: AFTERWARDS,
        describe: 'run it without being asked',
      },
      save: {
        type: 'boolean',
        default: false,
        group: AFTERWARDS,
        describe: 'save it in this project’s .claude/workflows, to be run by its name',
      },
      user: { type: 'boolean', default: false, group: AFTERWARDS, describe: 'with --save: for all projects' },
      replace: {
        type: 'boolean',
        default: false,
        group: AFTERWARDS,
        describe: 'with --save: write over what is saved there under that name',
      },
      out: { ...TEXT, group: AFTERWARDS, describe: 'write it to this new file' },
      json: {
        type: 'boolean',
        default: false,
        group: AFTERWARDS,
        describe: 'one object on stdout: script, path, explanation, rehearsal; with --run the run’s own',
      },
    } as const)
    .epilogue(
      'Without --run, --save, --out and --json the script itself is on stdout. Nothing runs that you were not asked about, unless you say --yes.',
    );
}

export type NewFlags = Parsed<typeof defineNewFlags>;
