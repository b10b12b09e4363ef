/** A run's repository and hosts that work for it, over a queue in memory: everything but the agents is real. */
import path from 'node:path';
import type { PlacedBackend } from '../../../src/agent/process/process-backend.ts';
import type { AgentCall } from '../../../src/core/call.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import type { AgentWatch } from '../../../src/core/ports.ts';
import type { Program } from '../../../src/core/program.ts';
import { defaultOptions, type RunOptions } from '../../../src/core/run.ts';
import { PackedTrees } from '../../../src/launch/trees/packed-trees.ts';
import { type Started, type StartWish, startOf } from '../../../src/launch/trees/run-start.ts';
import { WorkerTrees } from '../../../src/launch/worker/worker-trees.ts';
import type { QueueBackend } from '../../../src/queue/client/queue-backend.ts';
import { QueueWorker } from '../../../src/queue/host/queue-worker.ts';
import { GIT_ENV, repository } from '../git/git-repository.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { Heard, QueueRig } from './queue-rig.ts';

export const RUN = 'r-1';

/** An agent: works in that folder, and says what it comes to. */
export type Work = (cwd: string, call: AgentCall, signal: AbortSignal) => Promise<Outcome>;

export class TreeRig {
  readonly queue = new QueueRig();
  readonly repo = repository();
  readonly #state = temporaryFolder();
  readonly #hosts = temporaryFolder();

  get program(): Program {
    const told = { env: { ...GIT_ENV, ANDWAIT_HOME: this.#state }, homeDir: undefined };
    const process_ = { uid: process.getuid?.() ?? 0, pid: process.pid, kill: process.kill.bind(process) };
    return { ...told, ...process_, clock: this.queue.clock } as unknown as Program;
  }

  async start(over: Partial<StartWish> = {}, options: Partial<RunOptions> = {}): Promise<Started> {
    const all = { ...defaultOptions(2), ...options };
    return await startOf(
      { runId: RUN, cwd: this.repo, options: all, choice: undefined, isElsewhere: true, ...over },
      this.program,
    );
  }

  async client(started?: Started): Promise<QueueBackend> {
    const { start } = started ?? (await this.start());
    if (start === undefined) throw new Error('nothing travels');
    const { pieces } = this.queue.server.connect();
    const { env } = this.program;
    const trees = new PackedTrees({ runId: RUN, start, pieces, env, stateDir: this.#state });
    return this.queue.client({ runId: RUN, trees });
  }

  treesOf(host: string): WorkerTrees {
    const { pieces } = this.queue.server.connect();
    return new WorkerTrees({ dir: this.dirOf(host), host, pieces }, this.program);
  }

  dirOf(host: string): string {
    return path.join(this.#hosts, host);
  }

  worker(host: string, work: Work, slots = 1): QueueWorker {
    const trees = this.treesOf(host);
    return new QueueWorker(
      {
        engine: this.queue.server.connect(),
        clock: this.queue.clock,
        host,
        run: async (job, _returns, _report, signal) => {
          let edits: unknown;
          const agents = trees.agentsFor(job, placed(work), signal, (sent) => {
            edits = sent;
          });
          const outcome = await agents.run(job.call, new Heard() as AgentWatch, signal);
          return { outcome, edits: edits as never };
        },
        ended: () => {},
      },
      slots,
    );
  }
}

function placed(work: Work): PlacedBackend {
  const at = (cwd: string) => ({
    title: 'placed',
    run: (call: AgentCall, _watch: AgentWatch, signal: AbortSignal) => work(cwd, call, signal),
    close: async () => {},
  });
  return { ...at('/nowhere'), at: (place) => at(place.cwd) };
}
