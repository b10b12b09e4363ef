/** A script's run as its `run.json` tells it, whether a person began it, a session did, or another engine. */
import { describedRun } from '../journal/describe-run.ts';
import type { RescuedFrom, RunDescription } from '../journal/run-folder.ts';
import type { LaunchPlan } from './prepare-launch.ts';

export interface WorkflowOrigin {
  /** The author's file, for people. */
  readonly scriptPath: string;
  readonly startedAt: number;
  readonly rescuedFrom?: RescuedFrom;
}

export function describedWorkflow(
  { runId, source, args, cwd, options }: Pick<LaunchPlan, 'runId' | 'source' | 'args' | 'cwd' | 'options'>,
  origin: WorkflowOrigin,
): RunDescription {
  const { name, description } = source.script.meta;
  return describedRun({ runId, kind: 'workflow', name, description, args, cwd, options, ...origin });
}
