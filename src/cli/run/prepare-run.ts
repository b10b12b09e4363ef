/** Everything that can be wrong with a new run is found here, before it has a folder, a process or a cost. */
import path from 'node:path';
import { type Program, VERSION } from '../../core/program.ts';
import { newRunId, type RunDescription } from '../../journal/run-folder.ts';
import { makePrivateDir, stateDir } from '../../journal/state-dir.ts';
import { type PreparedRun, prepareLaunch, savedWorkflows } from '../../launch/prepare-launch.ts';
import type { Stops } from '../../launch/stops.ts';
import { refuseWhereOff } from '../../launch/workflows-off.ts';
import { JOURNAL_FORMAT } from '../../wire/record.ts';
import { workingFolder } from '../working-folder.ts';
import { readScriptFile } from './read-script-file.ts';
import type { RunCommandLine } from './run-options.ts';
import { scriptArgs } from './script-args.ts';

export async function prepareRun(line: RunCommandLine, program: Program, stops: Stops): Promise<PreparedRun> {
  const { clock, uid, random } = program;
  const cwd = workingFolder(line.cwd, program.cwd);
  await refuseWhereOff(cwd, program);
  const source = await readScriptFile(line.file, program.cwd, savedWorkflows(cwd, program));
  const args = await scriptArgs(line, program.stdin, stops.signal);
  const runId = newRunId(clock.now(), random);
  const prepared = await prepareLaunch(
    { runId, source, args, cwd, options: line.options, reuse: 'none' },
    program,
    stops,
  );
  const state = stateDir(program);
  makePrivateDir(state, uid);
  const { meta, path: scriptPath } = source.script;
  const description: RunDescription = {
    format: JOURNAL_FORMAT,
    version: VERSION,
    runId,
    kind: 'workflow',
    name: meta.name,
    description: meta.description,
    scriptPath: path.resolve(program.cwd, scriptPath),
    args,
    cwd,
    options: line.options,
    startedAt: clock.now(),
  };
  return prepared((opener) => opener.openNew(state, description, source.text));
}
