/** `andwait shellenv`: the line that puts our `claude` first on PATH, for whoever starts agents outside of `andwait exec`. */
import path from 'node:path';
import { claudeOnPath } from '../../agent/program/claude-on-path.ts';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { printLines } from '../print-lines.ts';
import { fishQuoted, shQuoted } from '../shell-words.ts';
import { SHELL, type Shell } from './shells.ts';
import { shimsFolder } from './shims-folder.ts';

export interface ShellPlaces {
  readonly shims: string;
  /** What cron's own PATH lacks: the folders of the Node that runs us and of the real agent program. */
  readonly programs: readonly string[];
}

export async function shellenvCommand(wanted: Shell | undefined, program: Program): Promise<number> {
  const { distDir, nodePath, env } = program;
  const shims = shimsFolder(distDir);
  const claude = await claudeOnPath(env['PATH'], path.join(shims, 'claude'));
  const programs = [nodePath, ...(claude.kind === 'found' ? [claude.path] : [])].map((file) =>
    path.dirname(file),
  );
  return await printLines(program, [shellenvLine(wanted ?? shellOf(env[SHELL]), { shims, programs })]);
}

/** Anything but fish reads what sh reads. */
export function shellOf(login: string | undefined): Shell {
  return path.basename(login ?? '') === 'fish' ? 'fish' : 'sh';
}

/** Evaluated twice, sh's and fish's change PATH once. */
export function shellenvLine(shell: Shell, { shims, programs }: ShellPlaces): string {
  refuseUnspeakable(shims);
  switch (shell) {
    case 'sh': {
      const quoted = shQuoted(shims);
      return `case \${PATH-} in ${quoted}|${quoted}:*) ;; *) PATH=${quoted}"\${PATH:+:$PATH}"; export PATH ;; esac`;
    }
    case 'fish': {
      const quoted = fishQuoted(shims);
      return `test "$PATH[1]" = ${quoted}; or set -gx PATH ${quoted} $PATH`;
    }
    case 'cron':
      return `PATH=${cronPath(shims, programs)}`;
    case 'github':
      // Not `echo`, which in some shells takes backslashes apart.
      return `printf '%s\\n' ${shQuoted(shims)} >> "$GITHUB_PATH"`;
  }
}

/** A crontab expands nothing and needs no quotes: the value is the rest of the line. */
function cronPath(shims: string, programs: readonly string[]): string {
  const named = programs.filter((folder) => !UNSPEAKABLE.test(folder));
  return [...new Set([shims, ...named, '/usr/local/bin', '/usr/bin', '/bin'])].join(':');
}

/** No quoting helps here: a colon ends an entry of PATH, a line feed a line of a crontab. */
const UNSPEAKABLE = /[:\n]/;

function refuseUnspeakable(shims: string): void {
  if (!UNSPEAKABLE.test(shims)) return;
  throw new UserError(
    `${JSON.stringify(shims)} cannot stand on PATH, because it holds a colon or a line feed; install andwait in another folder`,
  );
}
