/** `Bash`: shell commands, one at a time, each a process group that ends at its time limit, at an interrupt, or with the session. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Program } from '../../../core/program.ts';
import type { Tool, ToolResult } from '../tool.ts';
import { flag, number, optional, text } from '../tool-fields.ts';
import { ToolFailure, typedTool } from '../typed-tool.ts';
import { bashPath } from './bash-path.ts';
import { GroupWarden } from './group-warden.ts';
import { randomName } from './random-name.ts';
import { shellEnvironment } from './shell-environment.ts';
import { runShell, type ShellEnd } from './shell-process.ts';
import type { WorkingFolder } from './working-folder.ts';

export interface BashDeps {
  readonly program: Pick<Program, 'env' | 'clock' | 'kill' | 'random'>;
  readonly folder: WorkingFolder;
  /** Where output goes that is too much to show; made when it is needed. */
  readonly outputDir: string;
  readonly findBash?: (pathVariable: string | undefined) => string | undefined;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_TIMEOUT_MS = 600_000;

const NO_BASH =
  'There is no bash on this machine, neither in the usual places nor on PATH, and no other shell stands in for it: commands are judged as bash would read them. Go on with the other tools, or say that bash has to be installed.';

const FIELDS = {
  command: text('The command'),
  timeout: optional(
    number(
      `Milliseconds after which it is ended; ${DEFAULT_TIMEOUT_MS} unless given, at most ${MAX_TIMEOUT_MS}`,
    ),
  ),
  description: optional(text('What the command does, in a few words')),
  run_in_background: optional(flag('Not available: a command is waited for')),
};

export function bash({ program, folder, outputDir, findBash = bashPath }: BashDeps): Tool {
  const warden = new GroupWarden();
  const deps = { clock: program.clock, kill: program.kill.bind(program), warden };
  return typedTool({
    name: 'Bash',
    description:
      'Runs a shell command and returns what it prints. The working directory is kept from call to call; variables are not. There is no terminal and no input. Use Read, Edit, Write, Glob and Grep for files rather than cat, sed, echo, find and grep.',
    fields: FIELDS,
    tolerated: ['dangerouslyDisableSandbox'],
    isReadOnly: false,
    async run({ command, timeout, run_in_background: inBackground }, { signal }) {
      if (inBackground === true) {
        throw new ToolFailure(
          'run_in_background is not available in this session. Run the command without it; what is to go on beside other commands can be started with & and its output sent to a file.',
        );
      }
      const shell = findBash(program.env['PATH']);
      if (shell === undefined) throw new ToolFailure(NO_BASH);
      const timeoutMs = Math.min(Math.max(timeout ?? DEFAULT_TIMEOUT_MS, 1), MAX_TIMEOUT_MS);
      const lost = isFolder(folder.current) ? undefined : folder.current;
      if (lost !== undefined) folder.moveTo(folder.home);
      const outputFile = path.join(outputDir, `bash-${randomName(program.random)}.txt`);
      const env = shellEnvironment(program.env);
      const end = await runShell(
        { bash: shell, command, cwd: folder.current, env, timeoutMs, outputFile, signal },
        deps,
      );
      const notes = lost === undefined ? [] : [`${lost} is gone: the command ran in ${folder.home}`];
      if (end.cwd !== undefined && end.cwd !== folder.current && !folder.moveTo(end.cwd)) {
        notes.push(`Shell cwd was reset to ${folder.home}`);
      }
      return resultOf(end, timeoutMs, notes);
    },
  });
}

function resultOf(end: ShellEnd, timeoutMs: number, notes: readonly string[]): ToolResult {
  const { exitCode, timedOut, output } = end;
  const printed = output.text.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
  if (exitCode !== 0 || timedOut) {
    const limit = timedOut ? [`Command timed out after ${timeoutMs / 1000} s and was ended`] : [];
    const content = [`Exit code ${exitCode}`, ...limit, printed, ...notes]
      .filter((part) => part !== '')
      .join('\n');
    return { content, isError: true, forPrograms: `Error: ${content}` };
  }
  const content = [printed, ...notes].filter((part) => part !== '').join('\n');
  return {
    content: content === '' ? '(Bash completed with no output)' : content,
    isError: false,
    forPrograms: {
      stdout: printed,
      stderr: notes.join('\n'),
      interrupted: false,
      isImage: false,
      ...(output.file === undefined ? {} : { persistedOutputPath: output.file }),
    },
  };
}

function isFolder(dir: string): boolean {
  try {
    return statSync(dir).isDirectory();
  } catch {
    return false;
  }
}
