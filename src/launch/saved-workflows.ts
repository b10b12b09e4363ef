/** The saved workflows of whoever runs this program in a folder: the bundled ones lie beside its built files. */
import path from 'node:path';
import type { Program } from '../core/program.ts';
import { SavedWorkflows } from '../workflow/saved/find-workflow.ts';
import { CLAUDE_CONFIG_DIR, type WorkflowPlaces } from '../workflow/saved/workflow-places.ts';

type Whose = Pick<Program, 'homeDir' | 'env' | 'distDir'>;

export function savedWorkflows(cwd: string, whose: Whose): SavedWorkflows {
  return new SavedWorkflows(workflowPlaces(cwd, whose));
}

export function workflowPlaces(cwd: string, { homeDir, env, distDir }: Whose): WorkflowPlaces {
  const bundledDir = path.join(distDir, '..', 'workflows');
  return { cwd, homeDir, configDir: env[CLAUDE_CONFIG_DIR], bundledDir };
}
