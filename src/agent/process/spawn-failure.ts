/** Why an agent's process could not be started, in words, with what to do: the codes of `spawn` say neither. */
import { existsSync } from 'node:fs';
import type { Environment } from '../../core/program.ts';
import type { CommandLine } from '../program/command-line.ts';

/** What Linux takes in one word of a command line or an environment; its end included, it takes one byte more. */
const LARGEST_WORD_BYTES = 131_071;

/** That is the call's own doing, and no other call fares worse for it; too large a variable is everybody's. */
export function isTooLarge({ code }: NodeJS.ErrnoException, { args }: CommandLine): boolean {
  return code === 'E2BIG' && args.some((arg) => Buffer.byteLength(arg) > LARGEST_WORD_BYTES);
}

export function spawnFailureMessage(
  error: NodeJS.ErrnoException,
  commandLine: CommandLine,
  { cwd, env }: { readonly cwd: string; readonly env: Environment },
): string {
  const { file } = commandLine;
  switch (error.code) {
    case 'ENOENT':
      return existsSync(cwd)
        ? `${file} could not be started: it, or the interpreter its first line names, does not exist; install it again or name another agent program`
        : `the agent could not be started: its working directory ${cwd} does not exist; make it, or choose another`;
    case 'ENOTDIR':
      return `the agent could not be started: a part of ${file} or of its working directory ${cwd} is no directory`;
    case 'EACCES':
    case 'EPERM':
      return `${file} may not be executed, or ${cwd} not be entered: check both permissions (chmod +x) and that neither lies on a noexec mount`;
    case 'ENOEXEC':
      return `${file} is no program this machine can execute: install it again for this system`;
    case 'E2BIG':
      return `the agent's command line and environment are too large for this system: ${largestWord(commandLine, env)} (Linux takes ${LARGEST_WORD_BYTES.toLocaleString('en')} bytes in one word); make it smaller: in a schema, $defs for what repeats and shorter descriptions`;
    case 'EAGAIN':
    case 'ENOMEM':
      return `this system gives no more processes or memory (${error.code}): run fewer agents at once, or raise its limits (ulimit -u)`;
    case 'EMFILE':
    case 'ENFILE':
      return `this system gives no more open files (${error.code}): run fewer agents at once, or raise the limit (ulimit -n)`;
    default:
      return `${file} could not be started: ${error.message}`;
  }
}

function largestWord({ args }: CommandLine, env: Environment): string {
  const words = [
    ...args.map((text, index) => ({ name: args[index - 1] ?? 'the first argument', text })),
    ...Object.entries(env).map(([name, text]) => ({ name: `the variable ${name}`, text: text ?? '' })),
  ].map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text) }));
  const largest = words.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  return `${largest.name} holds ${largest.bytes.toLocaleString('en')} bytes`;
}
