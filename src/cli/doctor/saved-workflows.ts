/** Saved workflows that would be refused: one that is damaged has no name, so nobody finds it, and nobody hears why. */

import { savedWorkflows } from '../../launch/saved-workflows.ts';
import type { Check } from './finding.ts';

const about = 'saved';

export const checkSavedWorkflows: Check = async (program) => {
  const workflows = savedWorkflows(program.cwd, program);
  const { damaged } = await workflows.catalogue();
  if (damaged.length === 0) {
    const names = await workflows.names();
    return [{ about, level: 'ok', message: `saved workflows: ${names.join(', ') || 'none'}` }];
  }
  return damaged.map(({ file, why }) => ({
    about,
    level: 'problem',
    message: `${file} is no workflow: ${why}`,
    remedy: `andwait validate ${file}`,
  }));
};
