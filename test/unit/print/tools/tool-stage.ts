/** The file tools on a folder of their own, as one session would use them. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../../../src/core/json.ts';
import { type HiddenFiles, NO_HIDDEN_FILES } from '../../../../src/print/tools/files/hidden-files.ts';
import { WorkingFolder } from '../../../../src/print/tools/shell/working-folder.ts';
import type { ToolResult } from '../../../../src/print/tools/tool.ts';
import { toolset } from '../../../../src/print/tools/toolset.ts';
import { systemClock } from '../../../support/system-clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

export interface ToolStage {
  readonly dir: string;
  readonly folder: WorkingFolder;
  at(...names: readonly string[]): string;
  use(name: string, input: JsonObject, signal?: AbortSignal): Promise<ToolResult>;
}

export function toolStage(
  env: Record<string, string> = {},
  hidden: HiddenFiles = NO_HIDDEN_FILES,
): ToolStage {
  const dir = realpathSync(temporaryFolder());
  const folder = new WorkingFolder(dir, []);
  const tools = toolset({
    program: {
      env: { PATH: process.env['PATH'], ...env },
      clock: systemClock,
      kill: (pid, signal) => void process.kill(pid, signal),
      random: Math.random,
      uid: process.getuid?.() ?? 0,
    },
    folder,
    outputDir: path.join(dir, '.output'),
    hidden,
    reader: { read: async () => ({ kind: 'failure', why: 'there is none' }) },
    isNamed: () => false,
    isOffered: () => true,
  });
  return {
    dir,
    folder,
    at: (...names) => path.join(dir, ...names),
    async use(name, input, signal = new AbortController().signal) {
      const tool = tools.find(({ spec }) => spec.name === name);
      if (tool === undefined) throw new Error(`no tool ${name}`);
      return await tool.run(input, { signal, useId: 'u' });
    },
  };
}
