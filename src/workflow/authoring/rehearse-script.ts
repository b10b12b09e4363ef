/** Runs a script on samples inside this process, with nothing kept: what it would ask, and whether it comes to its end. */
import type { Json } from '../../core/json.ts';
import type { Clock } from '../../core/ports.ts';
import type { RunEvent } from '../../core/progress.ts';
import { defaultConcurrency, type RunCaps } from '../../core/run.ts';
import { LocalPool, type RecordSink } from '../../pool/local-pool.ts';
import { newRunState } from '../../pool/run-state.ts';
import type { ParsedScript } from '../../script/parse-script.ts';
import type { ScriptHost } from '../../script/script-host.ts';
import { RehearsalBackend } from '../rehearsal-backend.ts';
import { type RunEnd, RunStopped, runWorkflow } from '../run-workflow.ts';
import type { WorkflowFinder } from '../saved/find-workflow.ts';

export interface RehearsedCall {
  readonly label: string;
  readonly phase: string | undefined;
  readonly model: string | undefined;
}

export interface Rehearsal {
  readonly end: RunEnd;
  readonly calls: readonly RehearsedCall[];
  readonly logs: readonly string[];
}

export interface RehearsalDeps {
  readonly clock: Clock;
  readonly cwd: string;
  readonly startHost: () => ScriptHost;
  readonly workflows: WorkflowFinder;
  readonly agentTypes: () => Promise<readonly string[]>;
  readonly caps: RunCaps;
  readonly budgetTokens: number | null;
}

/** Samples come at once: a script that takes longer waits for something that no agent brings. */
export const REHEARSAL_MS = 60_000;
const MAX_LOG_LINES = 20;

/** Rejects with `signal.reason` when that is aborted, and for bugs; what the script does is in the result. */
export async function rehearseScript(
  script: ParsedScript,
  args: Json | undefined,
  deps: RehearsalDeps,
  signal: AbortSignal,
): Promise<Rehearsal> {
  const { clock, cwd, caps } = deps;
  const late = new AbortController();
  const calls: RehearsedCall[] = [];
  const logs: string[] = [];
  const progress = (event: RunEvent): void => {
    if (event.type === 'call_queued') {
      const { label, phase, model } = event;
      calls.push({ label, phase, model });
    }
    if (event.type === 'call_refused') late.abort(new RunStopped(tooMany(caps)));
    if (event.type === 'log' && logs.length < MAX_LOG_LINES) logs.push(event.text);
  };
  const cancel = clock.after(REHEARSAL_MS, () =>
    late.abort(new RunStopped(`it did not come to its end within ${REHEARSAL_MS / 1000} seconds`)),
  );
  try {
    await using host = deps.startHost();
    const end = await runWorkflow(
      script,
      args === undefined ? undefined : JSON.stringify(args),
      'rehearsal',
      {
        host,
        clock,
        pool: new LocalPool(newRunState(caps), NOWHERE, clock),
        backend: new RehearsalBackend({
          cwd,
          openTranscript: () => ({ write: () => {}, close: async () => {} }),
        }),
        choices: { model: undefined, effort: undefined, modelFor: new Map() },
        budgetTokens: deps.budgetTokens,
        spentBefore: 0,
        notices: [],
        workflows: savedOnly(deps.workflows),
        agentTypes: deps.agentTypes,
        record: () => {},
        progress,
      },
      AbortSignal.any([signal, late.signal]),
    );
    signal.throwIfAborted();
    return { end, calls, logs };
  } finally {
    cancel();
  }
}

/** Who goes on asking, and makes `null` of each refusal, would go on for ever. */
function tooMany({ agents }: RunCaps): string {
  return `it asked for more than the ${agents} agents that a run may have: bound its loops and lists`;
}

/** Nobody has agreed to it yet: it is to open no file that it names itself. */
function savedOnly(workflows: WorkflowFinder): WorkflowFinder {
  return {
    find: async (ref) => {
      if (typeof ref === 'string') return await workflows.find(ref);
      const message = `workflow() is to name a saved workflow here, not ${JSON.stringify(ref)}`;
      return { kind: 'problem', name: 'TypeError', message };
    },
  };
}

const NOWHERE: RecordSink = { append: () => {}, commit: async () => {} };

/** As a run that is told nothing would have, but for more at once: samples take no slot from anybody. */
export function rehearsalCaps(agents: number, cores: number): RunCaps {
  return { concurrency: defaultConcurrency(cores), agents, outputTokens: null, costUsd: null };
}
