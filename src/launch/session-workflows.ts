/** Runs workflows for an agent's session: in the user's one pool, journalled like any run, held to what the session may do. */
import { UserError } from '../core/exit.ts';
import { NO_USAGE } from '../core/outcome.ts';
import type { AgentBackend } from '../core/ports.ts';
import type { Program } from '../core/program.ts';
import type { RunEvent } from '../core/progress.ts';
import type { AgentCost, WorkflowEnd, WorkflowRunner } from '../print/workflows/workflow-runner.ts';
import { ScriptRefused } from '../script/parse-script.ts';
import { launchRun } from '../workflow/launch-run.ts';
import { RunStopped } from '../workflow/run-workflow.ts';
import type { PreparedRun } from './prepare-launch.ts';
import { type PreparedOrder, prepareOrder } from './prepare-order.ts';
import { runFaultIn } from './run-fault.ts';
import type { Stops } from './stops.ts';

export function sessionWorkflows(program: Program): WorkflowRunner {
  return {
    run: async (order, signal) => {
      using stops = stoppedWith(signal);
      try {
        const prepared = await prepareOrder(order, program, stops);
        return await new SessionRun(prepared).untilEnd(stops);
      } catch (error) {
        if (error instanceof UserError || error instanceof ScriptRefused) return refused(error.message);
        if (error instanceof RunStopped) return refused('it was stopped before it began');
        throw error;
      }
    },
  };
}

function refused(message: string): WorkflowEnd {
  return { kind: 'refused', message };
}

/** The session's reason to stop is its own; a run knows but one. Nobody asks twice: whoever cannot wait ends the session. */
function stoppedWith(signal: AbortSignal): Stops & Disposable {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(new RunStopped('stopped with the session that began it'));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return {
    signal: stop.signal,
    hurry: new AbortController().signal,
    [Symbol.dispose]: () => signal.removeEventListener('abort', onAbort),
  };
}

const MAX_LOG_LINES = 20;

class SessionRun {
  readonly #order: PreparedOrder;
  readonly #log: string[] = [];
  readonly #denied = new Set<string>();
  readonly #costs: AgentCost[] = [];

  constructor(order: PreparedOrder) {
    this.#order = order;
  }

  async untilEnd({ signal }: Stops): Promise<WorkflowEnd> {
    const { launch, deps, scriptText } = this.#order;
    const { runId } = launch;
    try {
      const result = await launchRun(launch, this.#watched(deps), signal);
      const { name } = launch.script.meta;
      return {
        ...{ kind: 'ended', runId, name, scriptText, result },
        log: this.#log,
        denied: [...this.#denied],
        spent: this.#costs,
      };
    } catch (error) {
      const fault = runFaultIn(error);
      if (fault === undefined) throw error;
      return { kind: 'broken', runId, message: fault.message, spent: this.#costs };
    }
  }

  #watched(deps: PreparedRun['deps']): Parameters<typeof launchRun>[1] {
    return {
      ...deps,
      progress: (event) => this.#take(event),
      backendIn: (folder) => this.#metered(deps.backendIn(folder)),
    };
  }

  #take(event: RunEvent): void {
    if (event.type === 'log') {
      this.#log.push(event.text);
      if (this.#log.length > MAX_LOG_LINES) this.#log.shift();
    }
    if (event.type === 'call_settled') for (const tool of event.denials) this.#denied.add(tool);
  }

  /** Every agent that ran, however it ended: what a journal answers passes this by. */
  #metered(backend: AgentBackend): AgentBackend {
    return {
      title: backend.title,
      close: () => backend.close(),
      run: async (call, watch, signal) => {
        const outcome = await backend.run(call, watch, signal);
        const { model, usage, costUsd } = outcome;
        const isFree = costUsd === null && Object.values({ ...NO_USAGE, ...usage }).every((n) => n === 0);
        this.#costs.push({ model, usage, costUsd: isFree ? 0 : costUsd });
        return outcome;
      },
    };
  }
}
