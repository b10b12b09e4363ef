/** `Glob`: names of files by pattern, the latest changed first. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../../core/ports.ts';
import type { WorkingFolder } from '../shell/working-folder.ts';
import type { Tool } from '../tool.ts';
import { optional, text } from '../tool-fields.ts';
import { typedTool } from '../typed-tool.ts';
import { walk } from './file-walk.ts';
import type { HiddenFiles } from './hidden-files.ts';

const MAX_SHOWN = 100;

const FIELDS = {
  pattern: text('Like **/*.ts or src/{a,b}/*.json'),
  path: optional(text('The folder to look in; the working directory unless given')),
};

export interface GlobDeps {
  readonly folder: WorkingFolder;
  readonly clock: Clock;
  readonly hidden: HiddenFiles;
}

export function glob({ folder, clock, hidden }: GlobDeps): Tool {
  return typedTool({
    name: 'Glob',
    description: 'Finds files by name pattern, the latest changed first. Leaves out .git and node_modules.',
    fields: FIELDS,
    isReadOnly: true,
    async run({ pattern, path: dir = '.' }, { signal }) {
      const began = clock.monotonicMs();
      const place = folder.resolve(dir);
      const all = await walk({ dir: place, pattern, signal, clock });
      const found = await latestFirst(hidden.within(place) ? all.filter((file) => !hidden.has(file)) : all);
      const filenames = found.slice(0, MAX_SHOWN).map((file) => relativeTo(folder.current, file));
      const truncated = found.length > MAX_SHOWN;
      const note = `\n(The first ${MAX_SHOWN} of ${found.length} files. Use a narrower pattern or path.)`;
      return {
        content: filenames.length === 0 ? 'No files found' : filenames.join('\n') + (truncated ? note : ''),
        isError: false,
        forPrograms: {
          filenames,
          durationMs: Math.round(clock.monotonicMs() - began),
          numFiles: filenames.length,
          truncated,
          totalMatches: found.length,
          countIsComplete: true,
        },
      };
    },
  });
}

/** Outside of the working directory a path from the root says more. */
export function relativeTo(cwd: string, file: string): string {
  const relative = path.relative(cwd, file);
  return relative === '' || relative.startsWith('..') ? file : relative;
}

export async function latestFirst(files: readonly string[]): Promise<string[]> {
  const dated: { readonly file: string; readonly ms: number }[] = [];
  for (const file of files) {
    const stats = await stat(file).catch(() => undefined);
    dated.push({ file, ms: stats?.mtimeMs ?? 0 });
  }
  return dated.sort((a, b) => b.ms - a.ms || (a.file < b.file ? -1 : 1)).map(({ file }) => file);
}
