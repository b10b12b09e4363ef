/** A search for machines without ripgrep: one file after the other, each as far as time and size allow. */
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { readRegularFile } from '../../../wire/files/regular-file.ts';
import { TimeLimitError, withTimeLimit } from '../../../wire/schemas/time-limit.ts';
import { runGit } from '../../context/git.ts';
import { ToolFailure } from '../typed-tool.ts';
import { extensionsOf } from './file-kinds.ts';
import { walk } from './file-walk.ts';
import { relativeTo } from './glob.ts';
import type { GrepFindings, GrepInput, GrepOrder } from './grep-order.ts';
import { matchesIn } from './line-matches.ts';
import { isBinary } from './media-type.ts';

const TIME_LIMIT_MS = 20_000;
const MAX_FILE_BYTES = 10_000_000;
const MAX_LINES = 20_000;
/** Some regular expressions never come to an end; nothing else runs in the meantime. */
const MAX_MS_A_FILE = 1_000;

export async function ownSearch(order: GrepOrder): Promise<GrepFindings> {
  const { input, folder, program, signal, hidden } = order;
  const expression = expressionOf(input);
  const lines: string[] = [];
  const deadline = program.clock.monotonicMs() + TIME_LIMIT_MS;
  let tooLarge = 0;
  for (const file of await filesOf(order)) {
    signal.throwIfAborted();
    if (program.clock.monotonicMs() > deadline) {
      return { lines, note: `(The search was ended after ${TIME_LIMIT_MS / 1000} s: there may be more.)` };
    }
    if (lines.length > MAX_LINES)
      return { lines, note: '(There are more: use a narrower pattern, path or glob.)' };
    if (file !== order.place && !(await isOwnFile(file))) continue;
    const reading = await readRegularFile(file, MAX_FILE_BYTES).catch(() => undefined);
    if (reading?.kind === 'refused') tooLarge += 1;
    if (reading?.kind !== 'read' || isBinary(reading.bytes.subarray(0, 8_192))) continue;
    const content = reading.bytes.toString('utf8');
    const found = limited(file, () =>
      matchesIn(content, relativeTo(folder.current, file), expression, input),
    );
    if (found.length > 0 && !hidden.has(file)) lines.push(...found);
  }
  return {
    lines,
    note: tooLarge > 0 ? `(${tooLarge} files of more than 10 MB were passed over.)` : undefined,
  };
}

/** Where a link leads, nobody has permitted. */
async function isOwnFile(file: string): Promise<boolean> {
  return (await lstat(file).catch(() => undefined))?.isFile() === true;
}

function limited(file: string, search: () => string[]): string[] {
  try {
    return withTimeLimit(MAX_MS_A_FILE, search);
  } catch (error) {
    if (error instanceof TimeLimitError) {
      throw new ToolFailure(
        `The pattern takes too long on ${file}: use a simpler one, without nested repetitions.`,
      );
    }
    throw error;
  }
}

function expressionOf({ pattern, multiline, '-i': ignoreCase }: GrepInput): RegExp {
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const flags = new Set(
    `gm${multiline === true ? 's' : ''}${ignoreCase === true ? 'i' : ''}${inline?.[1] ?? ''}`,
  );
  const source = pattern.slice(inline?.[0].length ?? 0);
  try {
    return new RegExp(source, [...flags].join(''));
  } catch (error) {
    throw new ToolFailure(
      `The pattern ${pattern} is no regular expression: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

async function filesOf(order: GrepOrder): Promise<string[]> {
  const { place, input } = order;
  const stats = await stat(place).catch(() => undefined);
  if (stats === undefined) throw new ToolFailure(`Path does not exist: ${place}`);
  if (!stats.isDirectory()) return [place];
  const kinds = input.type === undefined ? undefined : extensionsOf(input.type);
  const all = (await listedByGit(order)) ?? (await walked(order, '**/*'));
  const ofKind = kinds === undefined ? all : all.filter((file) => kinds.includes(path.extname(file)));
  if (input.glob === undefined) return ofKind;
  const isExcluding = input.glob.startsWith('!');
  const named = new Set(await matchingFiles(order, isExcluding ? input.glob.slice(1) : input.glob));
  return ofKind.filter((file) => named.has(file) !== isExcluding);
}

/** As in ripgrep, a pattern without a slash is about a name, wherever that is, and a folder's name about all in it. */
async function matchingFiles(order: GrepOrder, glob: string): Promise<string[]> {
  const pattern = glob.includes('/') ? glob.replace(/^\//, '') : `**/${glob}`;
  return [...(await walked(order, pattern)), ...(await walked(order, `${pattern}/**`))];
}

async function walked({ place, program, signal }: GrepOrder, pattern: string): Promise<string[]> {
  return await walk({ dir: place, pattern, signal, clock: program.clock });
}

/** Git knows best what it is told to ignore. `undefined`: not a repository, or no git. */
async function listedByGit({ place, program, signal }: GrepOrder): Promise<string[] | undefined> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const output = await runGit(args, {
    cwd: place,
    env: program.env,
    clock: program.clock,
    signal,
    maxBytes: 20_000_000,
  });
  const names = output?.split('\0').filter((name) => name !== '') ?? [];
  // A folder that git ignores as a whole has nothing to list, and was asked for all the same.
  return names.length === 0 ? undefined : names.map((name) => path.join(place, name)).sort();
}
