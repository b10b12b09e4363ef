/** `andwait docs [GUIDE]`: the guides and workflows that come with it, or what one of them says, for a person or as an agent's skill. */
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { printLines } from '../print-lines.ts';
import type { DocsOptions } from './docs-options.ts';
import { allGuides, asSkill, guideNamed } from './guides.ts';

/** Returns the exit code. */
export async function docsCommand({ guide, skill }: DocsOptions, program: Program): Promise<number> {
  if (guide !== undefined) {
    const found = await guideNamed(guide, program);
    return await printLines(program, [(skill ? asSkill(found) : found.text).trimEnd()]);
  }
  if (skill)
    throw new UserError(
      '--skill says how a guide is printed; say which, as in: andwait docs authoring --skill',
    );
  const guides = await allGuides(program);
  const width = Math.max(0, ...guides.map(({ name }) => name.length));
  return await printLines(
    program,
    guides.map(({ name, title }) => `${name.padEnd(width)}  ${title}`),
  );
}
