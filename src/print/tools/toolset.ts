/** The tools of a session, before any rule about their use: what flags and agent type leave of those there are. */
import type { Program } from '../../core/program.ts';
import { edit } from './files/edit.ts';
import { glob } from './files/glob.ts';
import { grep } from './files/grep.ts';
import type { HiddenFiles } from './files/hidden-files.ts';
import { read } from './files/read.ts';
import { SeenFiles } from './files/seen-files.ts';
import { write } from './files/write.ts';
import { bash } from './shell/bash.ts';
import type { WorkingFolder } from './shell/working-folder.ts';
import { todoWrite } from './todo-write.ts';
import type { Tool } from './tool.ts';
import { type PageReader, webFetch } from './web/web-fetch.ts';

export interface ToolsetDeps {
  readonly program: Pick<Program, 'env' | 'clock' | 'kill' | 'random' | 'uid'>;
  /** Shared with the permission gate: relative paths and commands count from its `current`. */
  readonly folder: WorkingFolder;
  /** For outputs that are too long to show: made when needed, never cleaned up here. The model is told to read there. */
  readonly outputDir: string;
  readonly hidden: HiddenFiles;
  readonly reader: PageReader;
  /** A permission rule names this very host. */
  readonly isNamed: (url: URL) => boolean;
  /** Whether flags and the agent type leave the tool of this name. */
  readonly isOffered: (name: string) => boolean;
}

export function toolset({
  program,
  folder,
  outputDir,
  hidden,
  reader,
  isNamed,
  isOffered,
}: ToolsetDeps): readonly Tool[] {
  const { random, uid, clock } = program;
  const seen = new SeenFiles();
  const writer = { random, uid };
  const tools = [
    bash({ program, folder, outputDir }),
    read({ folder, seen }),
    write({ folder, seen, writer }),
    edit({ folder, seen, writer }),
    glob({ folder, clock, hidden }),
    grep({ folder, program, hidden }),
    webFetch({ program, reader, isNamed, outputDir }),
    todoWrite(),
  ];
  return tools.filter(({ spec }) => isOffered(spec.name));
}
