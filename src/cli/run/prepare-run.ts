/** Everything that can be wrong with a new run is found here, before it has a folder, a process or a cost. */
import path from 'node:path';
import type { Program } from '../../core/program.ts';
import { newRunId } from '../../journal/run-folder.ts';
import { makePrivateDir, stateDir } from '../../journal/state-dir.ts';
import { describedWorkflow } from '../../launch/describe-workflow.ts';
import { type PreparedRun, prepareLaunch } from '../../launch/prepare-launch.ts';
import type { Stops } from '../../launch/stops.ts';
import { startOf } from '../../launch/trees/run-start.ts';
import { refuseWhereOff } from '../../launch/workflows-off.ts';
import { tellEstimate } from '../estimate.ts';
import { workingFolder } from '../working-folder.ts';
import { readScriptFile, scriptSearch } from './read-script-file.ts';
import type { RunCommandLine } from './run-options.ts';
import { scriptArgs } from './script-args.ts';
import { tellUnknownPhases } from './unknown-phases.ts';

export async function prepareRun(line: RunCommandLine, program: Program, stops: Stops): Promise<PreparedRun> {
  const { clock, uid, random } = program;
  const cwd = workingFolder(line.cwd, program.cwd);
  await refuseWhereOff(cwd, program);
  const source = await readScriptFile(line.file, scriptSearch(cwd, line.quiet, program));
  const args = await scriptArgs(line, program.stdin, stops.signal);
  const runId = newRunId(clock.now(), random);
  const { queue, tree: choice } = line;
  const isElsewhere = queue !== undefined;
  const started = await startOf({ runId, cwd, options: line.options, choice, isElsewhere }, program);
  const { options } = started;
  const plan = { runId, source, args, cwd, options, reuse: 'none', queue, started } as const;
  const prepared = await prepareLaunch(plan, program, stops);
  const state = stateDir(program);
  makePrivateDir(state, uid);
  const scriptPath = path.resolve(program.cwd, source.script.path);
  const description = describedWorkflow(plan, { scriptPath, startedAt: clock.now() });
  tellEstimate(description, line, program);
  tellUnknownPhases(options.modelFor, source, program);
  return prepared((opener) => opener.openNew(state, description, source.text));
}
