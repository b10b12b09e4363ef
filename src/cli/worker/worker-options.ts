/** The command line of `andwait worker`, parsed once. */
import type { Argv } from 'yargs';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { defaultConcurrency } from '../../core/run.ts';
import { queueChosen } from '../../launch/queue-chosen.ts';
import type { WorkerOrder } from '../../launch/worker/run-worker.ts';
import { ANDWAIT_QUEUE } from '../../wire/environment/queue-environment.ts';
import { TEXT, TEXTS } from '../command-line/flag-kinds.ts';
import { countOf } from '../command-line/option-values.ts';
import type { Parsed } from '../command-line/parsed.ts';
import { AGENT_FLAGS } from '../run/run-flags.ts';
import { workingFolder } from '../working-folder.ts';

export function defineWorkerOptions(yargs: Argv) {
  return yargs
    .options({
      queue: {
        ...TEXT,
        describe: 'take calls from there: redis://… or postgres://… [default: $ANDWAIT_QUEUE]',
      },
      slots: {
        ...TEXT,
        describe: 'agents at once on this host for the queue [default: max(2, min(16, cores - 2))]',
      },
      cap: { ...TEXT, describe: 'agents at once over all hosts of the queue; stays until it is set anew' },
      rate: {
        ...TEXT,
        describe: 'agents that begin in a minute over all hosts of the queue; stays until it is set anew',
      },
      cwd: { ...TEXT, describe: AGENT_FLAGS.cwd.describe },
      agent: {
        choices: AGENT_FLAGS.agent.choices,
        requiresArg: true,
        describe: AGENT_FLAGS.agent.describe,
      },
      'permission-mode': {
        choices: AGENT_FLAGS['permission-mode'].choices,
        requiresArg: true,
        describe: 'the most that calls may ask for: those that want more fail [default: acceptEdits]',
      },
      'allowed-tools': {
        ...TEXTS,
        describe:
          'a rule that calls may ask for, as in Bash(npm test), or a tool, for all rules about it; repeatable',
      },
      quiet: { alias: 'q', type: 'boolean', default: false, describe: 'nothing on stderr but errors' },
    } as const)
    .epilogue(
      'SIGINT or SIGTERM lets its agents finish; a second one ends them, and other hosts run their calls.',
    );
}

type WorkerFlags = Parsed<typeof defineWorkerOptions>;

export interface WorkerCommandLine extends WorkerOrder {
  readonly quiet: boolean;
}

export function workerCommandLine(parsed: WorkerFlags, program: Program): WorkerCommandLine {
  const queue = queueChosen(parsed.queue, program.env);
  if (queue === undefined) {
    throw new UserError(
      `say which queue to take calls from: --queue redis://… or postgres://…, or ${ANDWAIT_QUEUE}`,
    );
  }
  return {
    queue,
    slots: countOf('--slots', parsed.slots) ?? defaultConcurrency(program.cores),
    cap: countOf('--cap', parsed.cap),
    rate: countOf('--rate', parsed.rate),
    cwd: workingFolder(parsed.cwd, program.cwd),
    agent: parsed.agent ?? 'auto',
    permissionMode: parsed['permission-mode'] ?? 'acceptEdits',
    allowedTools: parsed['allowed-tools'] ?? [],
    quiet: parsed.quiet,
  };
}
