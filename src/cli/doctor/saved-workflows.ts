/** Saved workflows that would be refused: one that is damaged has no name, so nobody finds it, and nobody hears why. */

import { savedWorkflows } from '../../launch/prepare-launch.ts';
import type { Check } from './finding.ts';

const about = 'saved';

export const checkSavedWorkflows: Check = async (program) => {
  const workflows = savedWorkflows(program.cwd, program);
  const names = [...(await workflows.saved()).keys()];
  const damaged = await workflows.damaged();
  if (damaged.length === 0) {
    return [{ about, level: 'ok', message: `saved workflows: ${names.join(', ') || 'none'}` }];
  }
  return damaged.map(({ file, why }) => ({
    about,
    level: 'problem',
    message: `${file} is no workflow: ${why}`,
    remedy: `andwait validate ${file}`,
  }));
};
