/** `andwait resume --from-claude`: finds a run of Claude Code, and everything that speaks against going on with it here. */
import path from 'node:path';
import { UserError } from '../../../core/exit.ts';
import type { Json } from '../../../core/json.ts';
import type { Program } from '../../../core/program.ts';
import { defaultOptions } from '../../../core/run.ts';
import type { ClaudeRun } from '../../../journal/claude-run/claude-run.ts';
import { findEarlierRescue } from '../../../journal/claude-run/earlier-rescue.ts';
import { findClaudeRun } from '../../../journal/claude-run/find-claude-run.ts';
import { importRun } from '../../../journal/claude-run/import-run.ts';
import { readClaudeRun } from '../../../journal/claude-run/read-claude-run.ts';
import { newRunId } from '../../../journal/run-folder.ts';
import { makePrivateDir, stateDir } from '../../../journal/state-dir.ts';
import { describedWorkflow } from '../../../launch/describe-workflow.ts';
import { type PreparedRun, prepareLaunch } from '../../../launch/prepare-launch.ts';
import { queueChosen } from '../../../launch/queue-chosen.ts';
import type { Stops } from '../../../launch/stops.ts';
import { startOf } from '../../../launch/trees/run-start.ts';
import { refuseWhereOff } from '../../../launch/workflows-off.ts';
import { parseSource, type ScriptSource } from '../../../script/parse-script.ts';
import { rescuedRun } from '../../../workflow/rescued-run.ts';
import { CLAUDE_CONFIG_DIR } from '../../../workflow/saved/workflow-places.ts';
import { workingFolder } from '../../working-folder.ts';
import { readScriptFile, scriptSearch } from '../read-script-file.ts';
import { type ResumeCommandLine, withQueue } from '../run-options.ts';
import { scriptArgs } from '../script-args.ts';
import { tellRescue } from './rescue-words.ts';

/** What `--from-claude` means: a folder, a session or a run. */
export async function findRescuable(wanted: string, program: Program): Promise<ClaudeRun> {
  const { env, homeDir, cwd } = program;
  const configDir =
    env[CLAUDE_CONFIG_DIR] || (homeDir === undefined ? undefined : path.join(homeDir, '.claude'));
  const found = await findClaudeRun({ wanted, cwd, configDir });
  if (found.kind === 'problem') throw new UserError(found.message);
  const read = await readClaudeRun(found.place, (pid, signal) => program.kill(pid, signal));
  if (read.kind === 'problem') throw new UserError(read.message);
  return read.run;
}

export async function prepareRescue(
  line: ResumeCommandLine,
  run: ClaudeRun,
  program: Program,
  stops: Stops,
): Promise<PreparedRun> {
  const { clock, uid, random } = program;
  const { place } = run;
  if (run.pid !== undefined) {
    throw new UserError(
      `run ${place.runId} is still at work in process ${run.pid}, or its session is still open; end that first, or its agents run twice`,
    );
  }
  const queue = queueChosen(line.queue, program.env);
  const asked = withQueue(line.options(defaultOptions(program.cores)), queue);
  const state = stateDir(program);
  if (!asked.rehearse) await refuseSecondRescue(run, state);
  const cwd = cwdOf(line.cwd, run, program.cwd);
  await refuseWhereOff(cwd, program);
  const source = await sourceOf(line, run, cwd, program);
  const args = await argsOf(line, run, program, stops.signal);
  const runId = newRunId(clock.now(), random);
  const isElsewhere = queue !== undefined;
  const started = await startOf({ runId, cwd, options: asked, choice: line.tree, isElsewhere }, program);
  const { options } = started;
  const plan = { runId, source, args, cwd, options, reuse: line.reuse, queue, started };
  const prepared = await prepareLaunch(plan, program, stops);
  makePrivateDir(state, uid);
  const { place: origin, version } = run;
  const description = describedWorkflow(plan, {
    scriptPath: source.script.path,
    startedAt: clock.now(),
    rescuedFrom: { engine: 'claude-code', version, runId: origin.runId, sessionId: origin.sessionId },
  });
  if (!line.quiet) tellRescue(run, runId, program.stderr);
  return prepared(async (opener) => {
    const script = run.script ? Buffer.from(run.script.bytes).toString('utf8') : source.text;
    const folder = await importRun(state, uid, {
      description,
      script,
      ...rescuedRun(run, options, clock.now()),
    });
    return await opener.reopen(folder, runId, source.text);
  });
}

/** What a first rescue has run since is known to it alone: a second one would pay for that again. */
async function refuseSecondRescue({ place }: ClaudeRun, state: string): Promise<void> {
  const earlier = await findEarlierRescue(state, place);
  if (earlier === undefined) return;
  throw new UserError(
    `run ${place.runId} was rescued before: andwait resume ${earlier.runId} goes on with it (to begin again with what Claude Code left, remove ${earlier.dir} first)`,
  );
}

function cwdOf(wanted: string | undefined, { cwd }: ClaudeRun, here: string): string {
  const folder = wanted ?? cwd;
  if (folder !== undefined) return workingFolder(folder, here);
  throw new UserError('no transcript of that run tells where its agents worked; say it with --cwd');
}

async function sourceOf(
  { script: wanted, quiet }: ResumeCommandLine,
  { place, script }: ClaudeRun,
  cwd: string,
  program: Program,
): Promise<ScriptSource> {
  if (wanted !== undefined) return await readScriptFile(wanted, scriptSearch(cwd, quiet, program));
  if (script === undefined) {
    throw new UserError(
      `the script of run ${place.runId} is gone from ${place.sessionDir}; give it with --script`,
    );
  }
  return parseSource(script.bytes, script.file);
}

async function argsOf(
  line: ResumeCommandLine,
  { args, place }: ClaudeRun,
  program: Program,
  signal: AbortSignal,
): Promise<Json | undefined> {
  const given = await scriptArgs(line, program.stdin, signal);
  if (given !== undefined) return given;
  if (args !== undefined) return args.value;
  throw new UserError(
    `the session ${place.sessionDir}.jsonl does not tell the args of run ${place.runId}; say them with --args, or --args null if it had none`,
  );
}
