/** A search by ripgrep, without its configuration file: that could have it run other programs. */
import { type ProgramOutput, programOutput } from '../../program-output.ts';
import { ToolFailure } from '../typed-tool.ts';
import { relativeTo } from './glob.ts';
import type { GrepFindings, GrepInput, GrepOrder } from './grep-order.ts';

const TIME_LIMIT_MS = 20_000;
const MAX_BYTES = 4_000_000;
const MAX_COLUMNS = 500;
/** The system takes no longer command lines. */
const MAX_NAMES_CHARACTERS = 100_000;

const MODE_ARGS = {
  content: ['--no-heading', '--with-filename'],
  files_with_matches: ['--files-with-matches'],
  count: ['--count', '--with-filename'],
} as const;

/** `undefined`: it is not installed. */
export async function ripgrep(order: GrepOrder): Promise<GrepFindings | undefined> {
  const { folder, place, input, hidden } = order;
  const start = place === folder.current ? '.' : relativeTo(folder.current, place);
  if (hidden.within(place)) return await withoutHidden(order, start);
  const output = await search(order, [...argsOf(input), '--', start]);
  return output === undefined ? undefined : findingsIn(output);
}

/** First only which files match, in a form that no name can forge; then what is in those that may be read. */
async function withoutHidden(order: GrepOrder, start: string): Promise<GrepFindings | undefined> {
  const { input, folder, hidden } = order;
  const listing = { ...input, output_mode: 'files_with_matches' as const };
  const output = await search(order, [...argsOf(listing), '--null', '--', start]);
  if (output === undefined) return undefined;
  const names = output.stdout.toString('utf8').split('\0');
  names.pop();
  failIf(output.code === 2 && names.length === 0, output);
  const shown = names.filter((name) => !hidden.has(folder.resolve(name)));
  const note = noteOn(output.cut);
  const mode = input.output_mode ?? 'files_with_matches';
  if (mode === 'files_with_matches' || shown.length === 0) return { lines: shown.map(plainName), note };
  const named = fitting(shown);
  const found = await search(order, [...argsOf(input), '--', ...named]);
  if (found === undefined) return undefined;
  const findings = findingsIn(found);
  return { ...findings, note: findings.note ?? (named.length < shown.length ? noteOn('size') : note) };
}

async function search(
  { folder, program, signal }: GrepOrder,
  args: readonly string[],
): Promise<ProgramOutput | undefined> {
  return await programOutput({
    file: 'rg',
    args: [...args],
    cwd: folder.current,
    env: program.env,
    timeoutMs: TIME_LIMIT_MS,
    maxBytes: MAX_BYTES,
    signal,
    clock: program.clock,
  });
}

function findingsIn(output: ProgramOutput): GrepFindings {
  const lines = output.stdout.toString('utf8').split('\n');
  // What follows the last line feed is nothing, or a line that was cut.
  lines.pop();
  failIf(output.code === 2 && lines.length === 0, output);
  return { lines: lines.map(plainName), note: noteOn(output.cut) };
}

function failIf(isFailure: boolean, { stderr }: ProgramOutput): void {
  if (isFailure) throw new ToolFailure(`The search failed: ${stderr.trim()}`);
}

function plainName(line: string): string {
  return line.replace(/^\.\//, '');
}

function fitting(names: readonly string[]): readonly string[] {
  let characters = 0;
  const end = names.findIndex((name) => {
    characters += name.length + 1;
    return characters > MAX_NAMES_CHARACTERS;
  });
  return end < 0 ? names : names.slice(0, Math.max(1, end));
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
