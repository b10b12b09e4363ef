/** `andwait-print`: our own `claude -p`. What it does not need for this call, it does not load. */
import { UserError } from '../core/exit.ts';
import { type Program, VERSION } from '../core/program.ts';
import { parseFlags } from './flags/parse-flags.ts';
import { readOptions } from './options.ts';
import { refuse } from './refuse.ts';
import type { LoadWorkflowRunner } from './workflows/workflow-runner.ts';

export async function printMain(program: Program, loadRunner?: LoadWorkflowRunner): Promise<number> {
  const line = parseFlags(program.argv);
  switch (line.kind) {
    case 'version':
      return await say(program, `${VERSION} (andwait-print)\n`);
    case 'help':
      return await say(program, (await import('./flags/help.ts')).helpText());
    case 'error':
      return refuse(program, line.message);
    case 'ok': {
      const reading = readOptions(line);
      if (reading.kind === 'error') return refuse(program, reading.message);
      const problem = folderProblem(program);
      if (problem !== undefined) return refuse(program, `Error: ${problem}`);
      for (const warning of reading.warnings) program.stderr.write(`${warning}\n`);
      const { runUntilEnded } = await import('./run-print.ts');
      return await runUntilEnded({ program, options: reading.options, loadRunner });
    }
  }
}

/** Asked before a prompt is awaited: nothing can be done without one. */
function folderProblem(program: Program): string | undefined {
  try {
    void program.cwd;
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

async function say(program: Program, text: string): Promise<number> {
  // A reader that is gone already (`… --help | true`) is no error of ours.
  program.stdout.on('error', () => {});
  await new Promise<void>((resolve) => program.stdout.write(text, () => resolve()));
  return 0;
}
