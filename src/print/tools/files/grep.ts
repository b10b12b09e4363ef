/** `Grep`: text in files, by ripgrep where it is installed, else by a search of our own that takes the same input. */

import type { WorkingFolder } from '../shell/working-folder.ts';
import type { Tool, ToolResult } from '../tool.ts';
import { typedTool } from '../typed-tool.ts';
import { latestFirst, relativeTo } from './glob.ts';
import {
  GREP_FIELDS,
  type GrepDeps,
  type GrepFindings,
  type GrepInput,
  type GrepOrder,
} from './grep-order.ts';
import { ownSearch } from './own-search.ts';
import { ripgrep } from './ripgrep.ts';

const DEFAULT_LIMIT = 250;
const MAX_SHOWN_CHARS = 50_000;

export function grep(deps: GrepDeps): Tool {
  return typedTool({
    name: 'Grep',
    description:
      'Searches file contents with a regular expression. Leaves out what .gitignore names, .git and binary files.',
    fields: GREP_FIELDS,
    isReadOnly: true,
    async run(input, { signal }) {
      const place = deps.folder.resolve(input.path ?? '.');
      const order: GrepOrder = { ...deps, input, place, signal };
      const findings = (await ripgrep(order)) ?? (await ownSearch(order));
      return await resultOf(input, findings, deps.folder);
    },
  });
}

async function resultOf(
  input: GrepInput,
  { lines, note }: GrepFindings,
  folder: WorkingFolder,
): Promise<ToolResult> {
  const mode = input.output_mode ?? 'files_with_matches';
  const all =
    mode === 'files_with_matches'
      ? (await latestFirst(lines.map((line) => folder.resolve(line)))).map((file) =>
          relativeTo(folder.current, file),
        )
      : lines;
  const offset = Math.max(0, Math.trunc(input.offset ?? 0));
  const limit = Math.trunc(input.head_limit ?? DEFAULT_LIMIT);
  const shown = fitting(all.slice(offset, limit > 0 ? offset + limit : undefined));
  const rest = all.length - offset - shown.length;
  const more =
    rest > 0 ? `(${rest} more are left out: go on with offset ${offset + shown.length})` : undefined;
  const text = [headline(mode, shown, all), shown.join('\n'), countOf(mode, all), more, note]
    .filter((part) => part !== undefined && part !== '')
    .join('\n');
  return { content: text, isError: false, forPrograms: forPrograms(mode, shown, all) };
}

function headline(mode: string, shown: readonly string[], all: readonly string[]): string | undefined {
  if (all.length === 0) return mode === 'files_with_matches' ? 'No files found' : 'No matches found';
  if (mode !== 'files_with_matches') return undefined;
  return `Found ${shown.length} ${shown.length === 1 ? 'file' : 'files'}`;
}

function occurrences(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + (Number(line.slice(line.lastIndexOf(':') + 1)) || 0), 0);
}

function countOf(mode: string, all: readonly string[]): string | undefined {
  if (mode !== 'count' || all.length === 0) return undefined;
  const total = occurrences(all);
  return `\nFound ${total} total ${total === 1 ? 'occurrence' : 'occurrences'} across ${all.length} ${all.length === 1 ? 'file' : 'files'}.`;
}

function forPrograms(
  mode: string,
  shown: readonly string[],
  all: readonly string[],
): ToolResult['forPrograms'] {
  if (mode === 'files_with_matches') {
    return { mode, filenames: shown, numFiles: shown.length, totalFiles: all.length };
  }
  const content = shown.join('\n');
  return mode === 'count'
    ? { mode, numFiles: all.length, filenames: [], content, numMatches: occurrences(all) }
    : { mode, numFiles: 0, filenames: [], content, numLines: shown.length, totalLines: all.length };
}

function fitting(lines: readonly string[]): readonly string[] {
  let chars = 0;
  const end = lines.findIndex((line) => {
    chars += line.length + 1;
    return chars > MAX_SHOWN_CHARS;
  });
  return end < 0 ? lines : lines.slice(0, Math.max(1, end));
}
