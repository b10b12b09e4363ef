/**
 * What an agent is told of its surroundings. One text for the system prompt, after what is the same for every session and
 * before a cache point: it does not change while a session lasts.
 */
import type { Program } from '../../core/program.ts';
import { environmentFacts } from './environment-facts.ts';
import { type InstructionFile, type InstructionSource, instructionFiles } from './instruction-files.ts';

export interface ContextDeps {
  readonly program: Pick<Program, 'cwd' | 'env' | 'clock' | 'homeDir'>;
  /** `$CLAUDE_CONFIG_DIR`. */
  readonly configDir: string | undefined;
  /** `--setting-sources`: `undefined` is all there are; `--bare` is none. */
  readonly sources: readonly InstructionSource[] | undefined;
  /** `--add-dir`. */
  readonly otherDirs: readonly string[];
}

const WHOSE = {
  user: "the user's own, for all projects",
  project: 'for this project, checked in',
  local: "the user's own, for this project",
} as const;

/** None is empty. */
export async function contextSections({
  program,
  configDir,
  sources,
  otherDirs,
}: ContextDeps): Promise<readonly string[]> {
  const { cwd, homeDir } = program;
  const [files, facts] = await Promise.all([
    instructionFiles({ cwd, homeDir, configDir, sources }),
    environmentFacts({ program, otherDirs }),
  ]);
  return files.length === 0 ? [facts] : [instructions(files), facts];
}

function instructions(files: readonly InstructionFile[]): string {
  const parts = files.map(({ source, file, text }) => `Contents of ${file} (${WHOSE[source]}):\n\n${text}`);
  return [
    'Instructions from the people you work for. Keep to them; where they differ, later ones count.',
    ...parts,
  ].join('\n\n');
}
