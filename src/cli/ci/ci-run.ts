/** What a CI job is told of a run beside what a terminal is: begun before anything is spent, ended whatever came of it. */
import { appendFileSync } from 'node:fs';
import { constants } from 'node:os';
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { findRun } from '../../journal/find-run.ts';
import { type RecordedRun, readRun } from '../../journal/run-record.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { type EndedCall, verdictOf } from '../../report/ci/ended-call.ts';
import { type Annotation, annotationLines } from '../../report/ci/github-commands.ts';
import { summaryMarkdown } from '../../report/ci/github-summary.ts';
import { countText } from '../../report/text/figures.ts';
import { safeText, shortLine } from '../../report/text/safe-text.ts';
import { ScriptRefused } from '../../script/parse-script.ts';
import { randomDigits } from '../../wire/random-digits.ts';
import { JOBLOG_HEADER, joblogLine } from '../joblog-line.ts';
import { nextStepOf } from '../next-step.ts';
import { type CiOptions, isOnGithub } from './ci-flags.ts';
import { endedCalls } from './ended-calls.ts';
import { type FileAtEnd, fileAtEnd } from './file-at-end.ts';
import { GithubLog } from './github-log.ts';

/** Files that GitHub's runner hands to each step. */
const GITHUB_STEP_SUMMARY = 'GITHUB_STEP_SUMMARY';
const GITHUB_OUTPUT = 'GITHUB_OUTPUT';

/** What the command that carries the run out tells of it. */
export interface RunListener {
  /** From here on stderr is for everybody: the summary comes. */
  progressOver(): void;
  /** All of the run is on the disk; `undefined`: its end could not be recorded. Resolves when everybody is told, so that the process may end. */
  ended(runId: string | undefined): Promise<void>;
}

/** Carries `work` out with its streams guarded, then writes what was asked for. Rejects as `work` does; a file that cannot be written makes a failure of what is none yet. */
export async function withCi(
  options: CiOptions,
  title: string,
  program: Program,
  work: (program: Program, listener: RunListener) => Promise<number>,
): Promise<number> {
  const files = openFiles(options, program.cwd);
  const log = isOnGithub(options, program.env)
    ? new GithubLog(program, logToken(options, program))
    : undefined;
  if (log === undefined && files.size === 0) return await work(program, NOBODY);
  let lost: UserError | undefined;
  const listener: RunListener = {
    progressOver: () => log?.endGroup(),
    ended: async (runId) => {
      try {
        if (runId !== undefined) await told(runId, files, log, program);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        lost = error;
        program.stderr.write(safeText(`andwait: ${error.message}\n`));
      } finally {
        log?.end();
      }
    },
  };
  log?.begin(title);
  try {
    const code = await work(log?.program ?? program, listener);
    // How the run itself ended is the worse news.
    return code === EXIT.done && lost !== undefined ? lost.exitCode : code;
  } catch (error) {
    const isRefusal = error instanceof UserError || error instanceof ScriptRefused;
    if (isRefusal) log?.command(annotationLines([errorOf('andwait', error.message)], ''));
    throw error;
  } finally {
    log?.end();
  }
}

/** Of a run that no CI job is told of. */
export const NOBODY: RunListener = { progressOver: () => {}, ended: async () => {} };

type Files = ReadonlyMap<'junit' | 'joblog', FileAtEnd>;

function openFiles({ junit, joblog }: CiOptions, cwd: string): Files {
  const files = new Map<'junit' | 'joblog', FileAtEnd>();
  if (junit !== undefined) files.set('junit', fileAtEnd('--junit', junit, cwd));
  if (joblog !== undefined) files.set('joblog', fileAtEnd('--joblog', joblog, cwd));
  return files;
}

/** 128 bits from the system's own chance; `undefined` where the log stays its writers' own. */
function logToken({ log }: CiOptions, { random }: Program): string | undefined {
  if (log === 'open') return undefined;
  return randomDigits(32, 16, random);
}

async function told(
  runId: string,
  files: Files,
  log: GithubLog | undefined,
  program: Program,
): Promise<void> {
  const folder = findRun(stateDir(program), runId);
  const run = await readRun(folder);
  if (run === undefined) throw new UserError(`the run ${runId} cannot be read back`, EXIT.scriptFailed);
  const calls = endedCalls(run);
  if (files.has('junit')) {
    const { junitText } = await import('../../report/ci/junit.ts');
    files.get('junit')?.write(junitText({ ...junitRun(run), calls }));
  }
  files.get('joblog')?.write(JOBLOG_HEADER + calls.map(logLine).join(''));
  if (log !== undefined) onGithub(run, calls, folder.resultFile, log, program);
}

function junitRun(run: RecordedRun) {
  const { description, attempts, result } = run;
  const { name, runId, startedAt } = description;
  return {
    name,
    runId,
    startedAt: attempts.at(-1)?.at ?? startedAt,
    durationMs: result?.durationMs ?? 0,
    fault: faultOf(run),
  };
}

/** In words, with what goes on with it, unless the run came to its end. */
export function faultOf({
  description,
  result,
}: Pick<RecordedRun, 'description' | 'result'>): string | undefined {
  const nextStep = nextStepOf(description, result);
  const how = nextStep === undefined ? '' : `; ${nextStep}`;
  if (result === undefined) return `it told no end${how}`;
  const { status, error, pause, calls } = result;
  if (status === 'completed') return undefined;
  const refused = `a cap refused ${countText(calls.refused, 'call')} (${Object.keys(calls.raises).join(', ')})`;
  const why = pause?.message ?? error?.message ?? (status === 'capped' ? refused : undefined);
  return `${status}${why === undefined ? '' : `: ${why}`}${how}`;
}

/** What was asked is in the transcript: here its label stands for it. */
function logLine({ call, label, startedAt, durationMs, outcome }: EndedCall): string {
  const ended = outcome?.process;
  const signal = ended?.signal == null ? 0 : (constants.signals[ended.signal as NodeJS.Signals] ?? 0);
  const isTimeout = outcome?.kind === 'failure' && outcome.reason === 'timeout';
  const exitValue = outcome?.kind === 'reply' ? 0 : isTimeout ? -1 : (ended?.exitCode ?? 1);
  return joblogLine({
    seq: call,
    startedAt,
    durationMs,
    sentBytes: 0,
    receivedBytes: Buffer.byteLength(outcome?.text ?? ''),
    exitValue,
    signal,
    command: label,
  });
}

function onGithub(
  run: RecordedRun,
  calls: readonly EndedCall[],
  resultFile: string,
  log: GithubLog,
  { env }: Program,
): void {
  const { runId, name } = run.description;
  const fault = faultOf(run);
  const annotations = calls.flatMap((call) => annotationOf(call));
  if (fault !== undefined) annotations.unshift(errorOf(name, fault));
  log.command(annotationLines(annotations, `andwait report ${runId}`));
  const { result } = run;
  if (result === undefined) return;
  appendTo(env[GITHUB_STEP_SUMMARY], summaryMarkdown({ result, calls }));
  const outputs = {
    'run-id': runId,
    status: result.status,
    'agents-failed': String(result.calls.failed),
    'cost-usd': String(result.costUsd),
    'result-file': resultFile,
  };
  // A line feed would begin another output; none of these has one.
  const lines = Object.entries(outputs).map(([key, value]) => `${key}=${value.replace(/[\r\n]/g, ' ')}\n`);
  appendTo(env[GITHUB_OUTPUT], lines.join(''));
}

function annotationOf(call: EndedCall): Annotation[] {
  const { outcome, label } = call;
  const title = `#${call.call} ${shortLine(label, 100)}`;
  if (verdictOf(call) === 'failed' && outcome?.kind === 'failure') {
    return [errorOf(title, `${outcome.reason}: ${shortLine(outcome.message, 1000)}`)];
  }
  const denied = [...new Set(outcome?.denials.map(({ toolName }) => toolName))];
  if (denied.length === 0) return [];
  return [
    {
      level: 'warning',
      title,
      message: `was denied ${denied.map((tool) => shortLine(tool, 60)).join(', ')}`,
    },
  ];
}

function errorOf(title: string, message: string): Annotation {
  return { level: 'error', title: shortLine(title, 120), message };
}

function appendTo(file: string | undefined, text: string): void {
  if (!file) return;
  try {
    appendFileSync(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`the runner's file ${file} cannot be written (${code})`, EXIT.scriptFailed);
  }
}
