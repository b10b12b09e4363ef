/** `andwait exec`: a recipe as one run. It is started as the shell would start it; what we add is the pool, the journal, and a clean end. */
import path from 'node:path';
import { claudeOnPath } from '../../agent/program/claude-on-path.ts';
import {
  connectToPool,
  type PoolClient,
  PoolRefusal,
  type PoolRun,
  PoolUnreachable,
  StoppedElsewhere,
} from '../../broker/client/pool-client.ts';
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import type { RunPause, RunResult } from '../../core/run.ts';
import { JournalBroken } from '../../journal/journal-writer.ts';
import { readJournal } from '../../journal/read-journal.ts';
import { type RunFolder, writeResult } from '../../journal/run-folder.ts';
import { heldText } from '../../report/call-words.ts';
import { safeText } from '../../report/text/safe-text.ts';
import type { RunListener } from '../ci/ci-run.ts';
import { failOnOf } from '../fail-on.ts';
import { listenForInterruption } from '../interruption.ts';
import { shimsFolder } from '../shellenv/shims-folder.ts';
import { attendRecipe, type RecipeStops } from './attend-recipe.ts';
import { endAs } from './end-as.ts';
import { recipeEnvironment } from './exec-environment.ts';
import type { ExecCommandLine } from './exec-options.ts';
import { argsOf, commandText, type ExecPlan, execPlan } from './exec-plan.ts';
import { type RecipeEnd, startRecipe } from './exec-process.ts';
import { callsOf, codeInPlace, statusOf } from './exec-result.ts';
import { type ExecEnd, lastWords } from './exec-words.ts';

/** Returns the exit code, or dies of the signal that the recipe died of. */
export async function execCommand(
  line: ExecCommandLine,
  program: Program,
  listener: RunListener,
): Promise<number> {
  const plan = await execPlan(line, program);
  const { end, told } = await carryOut(plan, line, program);
  listener.progressOver();
  if (told !== undefined) {
    const audience = { quiet: line.quiet, isTerminal: program.stderr.isTTY === true };
    program.stderr.write(lastWords(told, audience));
    await listener.ended(plan.runId);
    const code = codeInPlace(end, told.result, failOnOf(plan.options.failOn));
    if (code !== undefined) return code;
  }
  await listener.ended(undefined);
  if (end.kind === 'not-started') program.stderr.write(safeText(`andwait: ${end.message}\n`));
  return await endAs(end, program);
}

interface Carried {
  readonly end: RecipeEnd;
  /** `undefined` when the end could not be recorded. */
  readonly told: ExecEnd | undefined;
}

async function carryOut(plan: ExecPlan, { quiet }: ExecCommandLine, program: Program): Promise<Carried> {
  await using pool = await reached(() => connectToPool(program));
  const folder = await plan.folder();
  const run = await reached(() => openRun(plan, folder, pool));
  const startedAt = program.clock.now();
  await reached(() => run.commit(attemptOf(plan, run, program)));
  // Off a terminal nobody is told before the end: cron mails on any byte.
  if (program.stderr.isTTY && !quiet) {
    tellHeld(run, program);
    run.listen((text) => void program.stderr.write(safeText(`andwait: ${text}\n`)));
  }
  const { end, wasStopped } = await runRecipe(plan, run, pool, program);
  try {
    const now = program.clock.now();
    const usedPrintMode = await hasNoClaude(program);
    const refused = await refusedCalls(plan, pool);
    const ended = { end, wasStopped, usedPrintMode, refused, startedAt, now };
    const told = await recorded(plan, run, folder, ended);
    const given = run.close();
    // What the recipe left in the background goes on being journalled: the broker gives the run back after its last call.
    if (told.calls.open === 0) await given;
    return { end, told };
  } catch (error) {
    if (!isLoss(error)) throw error;
    program.stderr.write(
      safeText(`andwait: the end of run ${plan.runId} is not recorded: ${error.message}\n`),
    );
    return { end, told: undefined };
  }
}

/** To whoever sits before it: nobody else would know why nothing moves. Where nobody does, every word is one too many. */
function tellHeld(run: PoolRun, { stderr }: Program): void {
  run.onHeld((held) => {
    stderr.write(`andwait: ${held === null ? 'goes on' : `held ${heldText(held)}`}\n`);
  });
}

function openRun(
  { runId, options, reuse }: ExecPlan,
  { dir }: RunFolder,
  pool: PoolClient,
): Promise<PoolRun> {
  const { caps, waitForQuota = false } = options;
  return pool.openRun({ runId, dir, caps, reuse, rehearsal: false, joinable: true, waitForQuota });
}

function attemptOf({ command, options }: ExecPlan, { attempt }: PoolRun, { pid, clock }: Program) {
  return {
    type: 'attempt',
    attempt,
    agent: 'claude, as the recipe calls it',
    rehearsal: false,
    script: '',
    args: argsOf(command),
    options,
    pid,
    at: clock.now(),
  } as const;
}

async function runRecipe(plan: ExecPlan, { dir, stopped }: PoolRun, pool: PoolClient, program: Program) {
  const { runId, command, cwd } = plan;
  const { timeoutMs, idleMs = null } = plan.options;
  const { env, distDir, nodePath, ignoredSignals: ignored } = program;
  const shims = shimsFolder(distDir);
  const stops: RecipeStops = { forward: () => {} };
  using interruption = listenForInterruption(program, (signal) => stops.forward(signal));
  stopped.addEventListener('abort', () => stops.forward('SIGTERM'), { once: true });
  const recipe = startRecipe(command, {
    cwd,
    env: recipeEnvironment(env, { runId, dir, cwd, shims, nodePath, timeoutMs, idleMs }),
    ignored,
  });
  const end = await attendRecipe(recipe, {
    runId,
    stops,
    stop: AbortSignal.any([interruption.signal, stopped]),
    hurry: interruption.hurry,
    program,
    stopRun: () => pool.stopRun(runId),
  });
  return { end, wasStopped: interruption.received() !== undefined || stopped.aborted };
}

/** As the shim looks for it, in a recipe that leaves PATH alone. */
async function hasNoClaude({ env, distDir }: Program): Promise<boolean> {
  const shim = path.join(shimsFolder(distDir), 'claude');
  return (await claudeOnPath(env['PATH'], shim)).kind === 'none';
}

interface Ended {
  readonly end: RecipeEnd;
  readonly wasStopped: boolean;
  readonly usedPrintMode: boolean;
  /** Calls that its caps refused. */
  readonly refused: number;
  readonly startedAt: number;
  readonly now: number;
}

/** Counted from the journal: it is whole once our last record is on the disk, because one writer wrote them all. */
async function recorded(
  plan: ExecPlan,
  run: PoolRun,
  folder: RunFolder,
  { end, wasStopped, usedPrintMode, refused, startedAt, now }: Ended,
): Promise<ExecEnd> {
  const { attempt } = run;
  const pause = pauseOf(run.stopped);
  const status = pause === undefined ? statusOf(end, wasStopped, refused) : 'paused';
  await run.commit({ type: 'end', attempt, status, at: now });
  const calls = callsOf(readJournal(folder.journalFile).records, attempt);
  const result: RunResult = {
    type: 'result',
    runId: plan.runId,
    name: plan.name,
    status,
    result: end.kind === 'not-started' ? { exitCode: end.code } : exitOf(end),
    error:
      status === 'failed' ? { name: 'CommandFailed', message: whyFailed(plan, end), stack: undefined } : null,
    ...(pause === undefined ? {} : { pause }),
    ...calls.tally,
    durationMs: now - startedAt,
    attempts: [...run.attempts, { attempt, startedAt, status }],
  };
  await writeResult(folder, result);
  return { result, calls, usedPrintMode };
}

async function refusedCalls({ runId }: ExecPlan, pool: PoolClient): Promise<number> {
  const { runs } = await pool.status();
  return runs.find((run) => run.runId === runId)?.refused ?? 0;
}

/** The pool ended it for a reason that is nobody's fault. */
function pauseOf({ reason }: AbortSignal): RunPause | undefined {
  return reason instanceof StoppedElsewhere && reason.why.kind === 'paused' ? reason.why.pause : undefined;
}

function exitOf(end: Exclude<RecipeEnd, { kind: 'not-started' }>) {
  return end.kind === 'exited'
    ? { exitCode: end.code, signal: null }
    : { exitCode: null, signal: end.signal };
}

function whyFailed({ command }: ExecPlan, end: RecipeEnd): string {
  if (end.kind === 'not-started') return end.message;
  return `\`${commandText(command)}\` ${end.kind === 'exited' ? `ended with exit status ${end.code}` : `died of ${end.signal}`}`;
}

/** What the pool cannot do is said as what the caller can mend: without it no cap could be kept, so nothing is run. */
async function reached<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isLoss(error)) throw error;
    const isTemporary = !(error instanceof PoolRefusal) || error.reason === 'journal';
    throw new UserError(error.message, isTemporary ? EXIT.capped : EXIT.usage);
  }
}

function isLoss(error: unknown): error is PoolUnreachable | PoolRefusal | JournalBroken {
  return error instanceof PoolUnreachable || error instanceof PoolRefusal || error instanceof JournalBroken;
}
