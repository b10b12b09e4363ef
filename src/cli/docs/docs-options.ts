/** The command lines of `andwait docs` and `andwait explain`. */
import type { Argv } from 'yargs';

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

export function defineExplainOptions(yargs: Argv) {
  return yargs
    .positional('file', {
      type: 'string',
      demandOption: true,
      describe: 'workflow script, or the name of a saved one',
    })
    .options({ json: { type: 'boolean', default: false, describe: 'one object, for programs' } } as const);
}
