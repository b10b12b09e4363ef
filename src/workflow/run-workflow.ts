/** Runs a parsed script to its end and says, in one object, what it amounted to. */
import type { Json } from '../core/json.ts';
import type { RunError, RunPause, RunResult, RunStatus } from '../core/run.ts';
import type { ParsedScript } from '../script/parse-script.ts';
import type { ScriptEnd } from '../script/script-host.ts';
import { RunSession, type SessionDeps } from './run-session.ts';
import { ScriptScope } from './script-scope.ts';

/** The reason to abort a run with when a person or a signal wants it to stop. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
  /** It can go on later, and nobody wanted it to stop. */
  readonly pause: RunPause | undefined;
  constructor(message: string, pause?: RunPause) {
    super(message);
    this.pause = pause;
  }
}

/** A result that does not know of the run's other attempts. */
export type RunEnd = Omit<RunResult, 'attempts'>;

/** Contract: rejects for bugs and broken journals only; by then every agent has ended. Aborting `signal` stops the run. */
export async function runWorkflow(
  script: ParsedScript,
  argsJson: string | undefined,
  runId: string,
  deps: SessionDeps,
  signal: AbortSignal,
): Promise<RunEnd> {
  const session = new RunSession(deps);
  const began = deps.clock.monotonicMs();
  const stop = () => session.stop(signal.reason instanceof Error ? signal.reason : new RunStopped('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  session.progress({
    type: 'run_started',
    runId,
    name: script.meta.name,
    description: script.meta.description,
    phases: script.meta.phases.map(({ title }) => title),
    agent: deps.backend.title,
    at: deps.clock.now(),
  });
  for (const notice of deps.notices) session.log(notice);
  const end = await endOf(script, argsJson, session);
  signal.removeEventListener('abort', stop);
  const { calls, usage, costUsd } = session.tally;
  return {
    type: 'result',
    runId,
    name: script.meta.name,
    ...end,
    calls,
    usage,
    costUsd,
    durationMs: Math.round(deps.clock.monotonicMs() - began),
  };
}

interface End {
  readonly status: RunStatus;
  readonly result: Json;
  readonly error: RunError | null;
  readonly pause?: RunPause;
}

async function endOf(script: ParsedScript, argsJson: string | undefined, session: RunSession): Promise<End> {
  try {
    const world = new ScriptScope(session, script, undefined);
    const end = await session.runScript(script, argsJson, world);
    await session.endAgents(new RunStopped('the script ended without waiting for this agent'));
    session.throwIfBroken();
    return endOfScript(end, session.isCapSwallowed);
  } catch (error) {
    const reason = error as Error;
    await session.endAgents(reason);
    if (!(reason instanceof RunStopped)) throw reason;
    return { result: null, ...endOfStop(reason) };
  }
}

/** How a run ends that was stopped for that reason. */
export function endOfStop(reason: Error): Omit<End, 'result'> {
  const pause = reason instanceof RunStopped ? reason.pause : undefined;
  if (pause !== undefined) return { status: 'paused', error: null, pause };
  return { status: 'stopped', error: { name: 'Stopped', message: reason.message, stack: undefined } };
}

/** What came of a script that lacks work which a cap refused stands, as its result or as what it threw, and can be had in full later. */
function endOfScript(end: ScriptEnd, isCapSwallowed: boolean): End {
  switch (end.kind) {
    case 'returned':
      return {
        status: isCapSwallowed ? 'capped' : 'completed',
        result: JSON.parse(end.json) as Json,
        error: null,
      };
    case 'threw':
      return { status: end.cap || isCapSwallowed ? 'capped' : 'failed', result: null, error: end.error };
    case 'broke':
      return {
        status: 'failed',
        result: null,
        error: { name: 'Error', message: end.message, stack: undefined },
      };
  }
}
