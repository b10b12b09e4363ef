/** A search by ripgrep, without its configuration file: that could have it run other programs. */

import { programOutput } from '../context/program-output.ts';
import { relativeTo } from './glob.ts';
import type { GrepFindings, GrepInput, GrepOrder } from './grep-order.ts';
import { ToolFailure } from './typed-tool.ts';

const TIME_LIMIT_MS = 20_000;
const MAX_BYTES = 4_000_000;
const MAX_COLUMNS = 500;

const MODE_ARGS = {
  content: ['--no-heading', '--with-filename'],
  files_with_matches: ['--files-with-matches'],
  count: ['--count', '--with-filename'],
} as const;

/** `undefined`: it is not installed. */
export async function ripgrep({
  folder,
  program,
  input,
  place,
  signal,
}: GrepOrder): Promise<GrepFindings | undefined> {
  const output = await programOutput({
    file: 'rg',
    args: [...argsOf(input), '--', place === folder.current ? '.' : relativeTo(folder.current, place)],
    cwd: folder.current,
    env: program.env,
    timeoutMs: TIME_LIMIT_MS,
    maxBytes: MAX_BYTES,
    signal,
    clock: program.clock,
  });
  if (output === undefined) return undefined;
  const lines = output.stdout.toString('utf8').split('\n');
  // What follows the last line feed is nothing, or a line that was cut.
  lines.pop();
  if (output.code === 2 && lines.length === 0)
    throw new ToolFailure(`The search failed: ${output.stderr.trim()}`);
  return { lines: lines.map((line) => line.replace(/^\.\//, '')), note: noteOn(output.cut) };
}

function noteOn(cut: 'time' | 'size' | undefined): string | undefined {
  if (cut === 'time') return `(The search was ended after ${TIME_LIMIT_MS / 1000} s: there may be more.)`;
  return cut === 'size'
    ? '(There is more than can be shown: use a narrower pattern, path or glob.)'
    : undefined;
}

function argsOf(input: GrepInput): string[] {
  const mode = input.output_mode ?? 'files_with_matches';
  const args = ['--no-config', '--color=never', '--hidden', '--glob=!.git', ...MODE_ARGS[mode]];
  args.push('--sort=path', `--max-columns=${MAX_COLUMNS}`);
  if (input['-i'] === true) args.push('--ignore-case');
  if (input.multiline === true) args.push('--multiline', '--multiline-dotall');
  if (input.glob !== undefined) args.push(`--glob=${input.glob}`);
  if (input.type !== undefined) args.push(`--type=${input.type}`);
  if (mode === 'content') {
    args.push(input['-n'] === false ? '--no-line-number' : '--line-number');
    if (input['-o'] === true) args.push('--only-matching');
    const around = input['-C'] ?? input.context;
    if (around !== undefined) args.push(`--context=${lineCount(around)}`);
    else {
      if (input['-A'] !== undefined) args.push(`--after-context=${lineCount(input['-A'])}`);
      if (input['-B'] !== undefined) args.push(`--before-context=${lineCount(input['-B'])}`);
    }
  }
  args.push(`--regexp=${input.pattern}`);
  return args;
}

export function lineCount(given: number | undefined): number {
  return Math.min(1_000, Math.max(0, Math.trunc(given ?? 0)));
}
