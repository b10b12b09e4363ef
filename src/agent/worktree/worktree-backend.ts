/** Gives a call that asks for isolation a working tree of its own, and sees to it that only changed ones stay. */
import PQueue from 'p-queue';
import type { AgentCall } from '../../core/call.ts';
import { failure, neverStarted, type Outcome } from '../../core/outcome.ts';
import type { AgentBackend, AgentWatch } from '../../core/ports.ts';
import type { Environment } from '../../core/program.ts';
import type { PlacedBackend } from '../process/process-backend.ts';
import { withoutRepository } from './git.ts';
import { releaseWorktree } from './release-worktree.ts';
import { createWorktree } from './worktree.ts';

export interface WorktreeBackendOptions {
  readonly inner: PlacedBackend;
  readonly cwd: string;
  readonly env: Environment;
  readonly runId: string;
  readonly worktreesDir: string;
  readonly uid: number;
}

export class WorktreeBackend implements AgentBackend {
  readonly title: string;
  readonly #options: WorktreeBackendOptions;
  /** Making and removing both write to the one repository. */
  readonly #turns = new PQueue({ concurrency: 1 });

  constructor(options: WorktreeBackendOptions) {
    this.title = options.inner.title;
    this.#options = options;
  }

  async run(call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome> {
    if (call.isolation !== 'worktree') return await this.#options.inner.run(call, watch, signal);
    return await this.#runIsolated(call, watch, signal);
  }

  async close(): Promise<void> {
    await this.#options.inner.close();
  }

  async #runIsolated(call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome> {
    const { inner, cwd, env, runId, worktreesDir, uid } = this.#options;
    const from = { cwd, env };
    const made = await this.#turns.add(async () => {
      if (signal.aborted) return undefined;
      return await createWorktree({ from, worktreesDir, runId, callId: call.id, uid });
    });
    if (made === undefined) return neverStarted();
    if (made.kind === 'failed')
      return failure('worktree-failed', `no isolated working tree could be made: ${made.message}`);
    const { worktree } = made;
    const outcome = await inner
      .at({ cwd: worktree.cwd, env: withoutRepository(env) })
      .run(call, watch, signal);
    const kept = await this.#turns.add(async () => await releaseWorktree(worktree, from));
    return { ...outcome, worktree: kept };
  }
}
