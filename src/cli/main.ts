/** `andwait`: finds the command, hands it its options, and makes an exit code of whatever comes back. */
import yargs, { type Argv } from 'yargs';
import { EXIT, shortageAdvice, UserError } from '../core/exit.ts';
import { type Program, VERSION } from '../core/program.ts';
import { safeText } from '../report/text/safe-text.ts';
import { ScriptRefused } from '../script/parse-script.ts';
import { withLastOfRepeated } from './command-line/repeated-flags.ts';
import { NO_COMMAND, usageFault } from './command-line/usage-fault.ts';
import { withCommands } from './commands.ts';
import { printLines } from './print-lines.ts';

/** Asked by shells, of lines that are not finished: no command line of anybody's. */
const COMPLETE = '__complete';

/** Runs one command line and returns the exit code. Never rejects. */
export async function andwaitMain(program: Program): Promise<number> {
  // Words that nobody can read any more (a closed terminal, a full disk) are no reason to lose a run that is paid for.
  program.stderr.on('error', () => {});
  try {
    return await dispatch(program);
  } catch (error) {
    // Messages quote scripts, agents and file names: none of them may move the cursor or clear the screen.
    program.stderr.write(safeText(describe(error)));
    return codeOf(error);
  }
}

async function dispatch(program: Program): Promise<number> {
  if (program.argv[0] === COMPLETE) {
    const { completeCommand } = await import('./completion/complete-command.ts');
    return await completeCommand((recorder) => withCommands(recorder, program), program);
  }
  const argv = withHelpFlag(program.argv);
  const { commandLine, code } = withCommands(
    // Its default is where we stand, which may be gone; it looks for settings of its own there, of which we have none.
    yargs([], '/')
      .scriptName('andwait')
      .locale('en')
      .usage('$0 <command>\n\nRuns workflow scripts that fan work out over many headless coding agents.'),
    program,
  );
  commandLine
    .demandCommand(1, NO_COMMAND)
    .strict()
    .strictCommands()
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .help('help', 'show this')
    .version('version', 'show the version', VERSION)
    .alias({ h: 'help', v: 'version' })
    .wrap(Math.min(110, program.stdout.columns || 100))
    .exitProcess(false)
    .fail((phrase, error) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      const { parsed } = commandLine;
      throw usageFault(phrase, argv, parsed === false ? [] : Object.keys(parsed.aliases));
    });
  withLastOfRepeated(commandLine);
  withoutTypeTags(commandLine);
  withoutHelpInReserve(commandLine);
  let told = '';
  await commandLine.parseAsync(argv, {}, (_error, _parsed, output) => {
    told = output;
  });
  return told === '' ? code() : await printLines(program, [told]);
}

/** `andwait help run` is `andwait run --help`. */
function withHelpFlag(argv: readonly string[]): string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
}

/** Each flag says in words what it takes. yargs' own types do not know of this setting. */
function withoutTypeTags(commandLine: Argv): void {
  (commandLine as Argv & UsageConfigurable).usageConfiguration({ 'hide-types': true });
}

/** yargs lays out the whole help beside every command that begins, in case something asks for it later: a tenth of a start. */
function withoutHelpInReserve(commandLine: Argv): void {
  const usage = (commandLine as Argv & UsageOwner).getInternalMethods().getUsageInstance();
  usage.cacheHelpMessage = () => {};
}

interface UsageOwner {
  getInternalMethods(): { getUsageInstance(): { cacheHelpMessage: () => void } };
}

interface UsageConfigurable {
  usageConfiguration(configuration: { readonly 'hide-types': boolean }): unknown;
}

function describe(error: unknown): string {
  if (error instanceof UserError || error instanceof ScriptRefused) return `andwait: ${error.message}\n`;
  const advice = shortageAdvice(error);
  if (advice !== undefined) return `andwait: ${(error as Error).message}; ${advice}\n`;
  const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `andwait: a fault of its own, please report it (version ${VERSION}):\n${bug}\n`;
}

function codeOf(error: unknown): number {
  if (error instanceof UserError) return error.exitCode;
  if (error instanceof ScriptRefused) return EXIT.usage;
  return shortageAdvice(error) === undefined ? EXIT.bug : EXIT.capped;
}
