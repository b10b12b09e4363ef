/** The commands of `andwait`: words, flags, and where each is carried out. Its code loads when it is called. */
import type { ArgumentsCamelCase, Argv } from 'yargs';
import { EXIT } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import { ciOptions, isOnGithub } from './ci/ci-flags.ts';
import { withCi } from './ci/ci-run.ts';
import { withPlainStdout } from './ci/github-log.ts';
import { refuseOddities } from './command-line/usage-fault.ts';
import { defineDoctorOptions } from './doctor/doctor-options.ts';
import { defineExecFlags, execCommandLine } from './exec/exec-options.ts';
import { defineGcOptions } from './gc/gc-options.ts';
import { defineMapFlags } from './map/map-flags.ts';
import { withAuthoring } from './new/authoring-commands.ts';
import { definePoolOptions } from './pool/pool-options.ts';
import { defineListOptions, defineLogsOptions, defineResultOptions } from './reading/reading-options.ts';
import { defineReportOptions } from './report/report-options.ts';
import { defineResumeFlags, defineRunFlags } from './run/run-flags.ts';
import { resumeByFile, resumeCommandLine, runCommandLine } from './run/run-options.ts';
import { withSaving } from './saved/saved-commands.ts';
import { withSessions } from './sessions/sessions-commands.ts';
import { defineShellenvOptions } from './shellenv/shellenv-options.ts';
import { defineStatusOptions } from './status/status-options.ts';
import { withSteering } from './steer/steer-commands.ts';
import { defineWatchOptions } from './watch/watch-options.ts';
import { defineWorkerOptions, workerCommandLine } from './worker/worker-options.ts';

export interface Commands {
  readonly commandLine: Argv;
  /** Exit code of the command that ran; that of success when none did. */
  code(): number;
}

export function withCommands(commandLine: Argv, program: Program): Commands {
  let code: number = EXIT.done;
  /** A handler that is called only for a command line without leftovers. */
  const carriedOutBy =
    <T>(carryOut: (parsed: ArgumentsCamelCase<T>) => Promise<number>) =>
    async (parsed: ArgumentsCamelCase<T>): Promise<void> => {
      refuseOddities(parsed, program.argv);
      code = await carryOut(parsed);
    };
  /** For what prints the words of agents and scripts. */
  const readable = () =>
    isOnGithub({ github: undefined }, program.env) ? withPlainStdout(program) : program;
  const reading = commandLine
    .command(
      'run <file> [text]',
      'run a workflow script; its return value on stdout, progress on stderr',
      defineRunFlags,
      carriedOutBy(async (parsed) => {
        const { resumeCommand, runCommand } = await import('./run/run-command.ts');
        const { resume, file } = parsed;
        return await withCi(ciOptions(parsed, 'us'), `andwait run ${file}`, program, (guarded, listener) =>
          resume === undefined
            ? runCommand(runCommandLine(parsed, program), guarded, listener)
            : resumeCommand(resumeByFile(parsed, resume), guarded, listener),
        );
      }),
    )
    .command(
      'map [template]',
      'ask one agent for each line or record of stdin; its answers on stdout',
      defineMapFlags,
      carriedOutBy(async (parsed) => {
        const [{ mapCommand }, { mapCommandLine }] = await Promise.all([
          import('./map/map-command.ts'),
          import('./map/map-options.ts'),
        ]);
        // Its joblog is its own: items, which a later map goes on by.
        const ci = ciOptions({ ...parsed, joblog: undefined }, 'us');
        return await withCi(ci, 'andwait map', program, (guarded, listener) =>
          mapCommand(mapCommandLine(parsed, program.cores), guarded, listener),
        );
      }),
    )
    .command(
      'resume [run]',
      'go on with a run: what ended well is reused, the rest runs',
      defineResumeFlags,
      carriedOutBy(async (parsed) => {
        const { resumeCommand } = await import('./run/run-command.ts');
        return await withCi(ciOptions(parsed, 'us'), 'andwait resume', program, (guarded, listener) =>
          resumeCommand(resumeCommandLine(parsed), guarded, listener),
        );
      }),
    )
    .command(
      'exec',
      'run a command with every `claude` below it pooled, capped and journalled as one run',
      defineExecFlags,
      async (parsed) => {
        // Behind `--` it is the command's own words that stand.
        refuseOddities({ ...parsed, _: parsed._.slice(0, 1) }, program.argv);
        const line = execCommandLine(parsed, program.argv);
        const { execCommand } = await import('./exec/exec-command.ts');
        code = await withCi(ciOptions(parsed, 'recipe'), 'andwait exec', program, (guarded, listener) =>
          execCommand(line, guarded, listener),
        );
      },
    )
    .command(
      'list',
      'what ran and what runs; with --saved: the workflows there are',
      defineListOptions,
      carriedOutBy(async (parsed) => {
        if (parsed.saved) {
          const { listSavedCommand } = await import('./saved/list-saved.ts');
          return await listSavedCommand(parsed, program);
        }
        const { listCommand } = await import('./reading/list-command.ts');
        return await listCommand(parsed, program);
      }),
    )
    .command(
      'status [run]',
      'the pool and the latest runs, or how far one run is',
      defineStatusOptions,
      carriedOutBy(async (parsed) => {
        const { statusCommand } = await import('./status/status-command.ts');
        return await statusCommand(parsed, program);
      }),
    )
    .command(
      'watch [run]',
      'follow a run: its tree, live, and keys to take hold of it',
      defineWatchOptions,
      carriedOutBy(async (parsed) => {
        const { watchCommand } = await import('./watch/watch-command.ts');
        return await watchCommand(parsed, program);
      }),
    )
    .command(
      'result [run]',
      'what a run returned, on stdout',
      defineResultOptions,
      carriedOutBy(async (parsed) => {
        const { resultCommand } = await import('./reading/result-command.ts');
        return await resultCommand(parsed, readable());
      }),
    )
    .command(
      'logs [run] [call]',
      'the calls of a run, or one agent in words',
      defineLogsOptions,
      carriedOutBy(async (parsed) => {
        const { logsCommand } = await import('./reading/logs-command.ts');
        return await logsCommand(parsed, readable());
      }),
    )
    .command(
      'report [run]',
      'a page about a run, for the browser; its path on stdout',
      defineReportOptions,
      carriedOutBy(async (parsed) => {
        const { reportCommand } = await import('./report/report-command.ts');
        return await reportCommand(parsed, program);
      }),
    );
  const authoring = withAuthoring(withSteering(reading, carriedOutBy, program), carriedOutBy, program);
  const commands = withSessions(withSaving(authoring, carriedOutBy, program), carriedOutBy, program)
    .command(
      'shellenv [shell]',
      'print the line that pools every plain `claude` of a shell, crontab or CI job',
      defineShellenvOptions,
      carriedOutBy(async (parsed) => {
        const { shellenvCommand } = await import('./shellenv/shellenv-command.ts');
        return await shellenvCommand(parsed.shell, program);
      }),
    )
    .command(
      'doctor',
      'say what is wrong on this machine, and what to do',
      defineDoctorOptions,
      carriedOutBy(async (parsed) => {
        const { doctorCommand } = await import('./doctor/doctor-command.ts');
        return await doctorCommand(parsed, program);
      }),
    )
    .command(
      'pool <action>',
      'the one pool of agents: status, serve, stop, set, pause, continue',
      definePoolOptions,
      carriedOutBy(async (parsed) => {
        const { poolCommand } = await import('./pool/pool-command.ts');
        return await poolCommand(parsed, program);
      }),
    )
    .command(
      'worker',
      'run the agents of other hosts’ runs: take calls from a queue',
      defineWorkerOptions,
      carriedOutBy(async (parsed) => {
        const { workerCommand } = await import('./worker/worker-command.ts');
        return await workerCommand(workerCommandLine(parsed, program), program);
      }),
    )
    .command(
      'gc',
      'remove runs that nobody will come back to',
      defineGcOptions,
      carriedOutBy(async (parsed) => {
        const { gcCommand } = await import('./gc/gc-command.ts');
        return await gcCommand(parsed, program);
      }),
    );
  return { commandLine: commands, code: () => code };
}
