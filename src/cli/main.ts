/** `andwait`: finds the command, hands it its options, and makes an exit code of whatever comes back. */
import yargs from 'yargs';
import { EXIT, UserError } from '../core/exit.ts';
import { type Program, VERSION } from '../core/program.ts';
import { ScriptRefused } from '../script/parse-script.ts';
import {
  defineGcOptions,
  defineListOptions,
  defineLogsOptions,
  defineResultOptions,
  defineValidateOptions,
} from './reading-options.ts';
import { defineResumeOptions, defineRunOptions, resumeCommandLine, runCommandLine } from './run-options.ts';

/** Runs one command line and returns the exit code. Never rejects. */
export async function andwaitMain(program: Program): Promise<number> {
  try {
    return await dispatch(program);
  } catch (error) {
    program.stderr.write(describe(error));
    return codeOf(error);
  }
}

async function dispatch(program: Program): Promise<number> {
  let code: number = EXIT.done;
  const commandLine = yargs()
    .scriptName('andwait')
    .usage('$0 <command>\n\nRuns workflow scripts that fan work out over many headless coding agents.')
    .command(
      'run <file>',
      'run a workflow script; its return value on stdout, progress on stderr',
      defineRunOptions,
      async (parsed) => {
        const { runCommand } = await import('./run-command.ts');
        code = await runCommand(runCommandLine(parsed, program.cores), program);
      },
    )
    .command(
      'resume [run]',
      'go on with a run: what ended well is reused, the rest runs',
      defineResumeOptions,
      async (parsed) => {
        if (parsed.last === (parsed.run !== undefined))
          throw new UserError('say which run to resume: its id, or --last');
        const { resumeCommand } = await import('./run-command.ts');
        code = await resumeCommand(resumeCommandLine(parsed), program);
      },
    )
    .command('list', 'what ran and what runs', defineListOptions, async (parsed) => {
      const { listCommand } = await import('./list-command.ts');
      code = await listCommand(parsed, program);
    })
    .command('result <run>', 'what a run returned, on stdout', defineResultOptions, async (parsed) => {
      const { resultCommand } = await import('./result-command.ts');
      code = await resultCommand(parsed, program);
    })
    .command(
      'logs <run> [call]',
      'the calls of a run, or one agent in words',
      defineLogsOptions,
      async (parsed) => {
        const { logsCommand } = await import('./logs-command.ts');
        code = await logsCommand(parsed, program);
      },
    )
    .command(
      'validate <file>',
      'check a script without running it',
      defineValidateOptions,
      async (parsed) => {
        const { validateCommand } = await import('./validate-command.ts');
        code = await validateCommand(parsed, program);
      },
    )
    .command('gc', 'remove runs that nobody will come back to', defineGcOptions, async (parsed) => {
      const { gcCommand } = await import('./gc-command.ts');
      code = await gcCommand(parsed, program);
    })
    .demandCommand(1, 'say what to do: run, list, result, logs or validate')
    .strict()
    .strictCommands()
    .parserConfiguration({
      'camel-case-expansion': false,
      'parse-numbers': false,
      'duplicate-arguments-array': false,
    })
    .version(VERSION)
    .alias({ h: 'help', v: 'version' })
    .wrap(program.stdout.columns === undefined ? 100 : Math.min(110, program.stdout.columns))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UserError(`${message}; \`andwait --help\` lists what there is`);
    });
  await commandLine.parseAsync([...program.argv], {}, (_error, _parsed, output) => {
    if (output) program.stdout.write(`${output}\n`);
  });
  return code;
}

function describe(error: unknown): string {
  if (error instanceof UserError || error instanceof ScriptRefused) return `andwait: ${error.message}\n`;
  const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `andwait: a fault of its own, please report it (version ${VERSION}):\n${bug}\n`;
}

function codeOf(error: unknown): number {
  if (error instanceof UserError) return error.exitCode;
  return error instanceof ScriptRefused ? EXIT.usage : EXIT.bug;
}
