/** Saved workflows that nobody runs, and nobody hears why: one that is damaged has no name, one of several with a name is hidden. */

import { savedWorkflows } from '../../launch/saved-workflows.ts';
import { savedHere } from '../../workflow/saved/find-workflow.ts';
import { shWord } from '../shell-words.ts';
import type { Check, Finding } from './finding.ts';

const about = 'saved';

export const checkSavedWorkflows: Check = async (program) => {
  const workflows = savedWorkflows(program.cwd, program);
  const { workflows: found, damaged } = await workflows.catalogue();
  const findings: Finding[] = damaged.map(({ file, why }) => ({
    about,
    level: 'problem',
    message: `${file} is no workflow: ${why}`,
    remedy: `andwait validate ${shWord(file)}`,
  }));
  for (const { script, place, file, shadowedBy } of found) {
    if (shadowedBy === undefined) continue;
    const message = `${JSON.stringify(script.meta.name)} is ${shadowedBy}; ${file} (${place}) has the same name and never runs by it`;
    findings.push({ about, level: 'note', message, remedy: 'give one of them another meta.name' });
  }
  if (findings.length > 0) return findings;
  return [{ about, level: 'ok', message: `workflows: ${savedHere(await workflows.names())}` }];
};
