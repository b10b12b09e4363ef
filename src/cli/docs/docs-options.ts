/** The command line of `andwait docs`. */
import type { Argv } from 'yargs';
import type { Parsed } from '../command-line/parsed.ts';

export function defineDocsOptions(yargs: Argv) {
  return yargs
    .positional('guide', { type: 'string', describe: 'its name; without it: which there are' })
    .options({
      skill: {
        type: 'boolean',
        default: false,
        describe: 'as a skill of Claude Code, to go into ~/.claude/skills/andwait-GUIDE/SKILL.md',
      },
    } as const);
}

export type DocsOptions = Parsed<typeof defineDocsOptions>;
