/** What a person should hear of at the end of a run, gathered while it runs: failures by message, denials, refusals, kept edits. */
import type { FailureReason, KeptWorktree } from '../../core/outcome.ts';
import { isFailureEnd, type SettledEvent } from '../../core/progress.ts';
import type { CapName, CapRefusal } from '../../core/run.ts';

/** A thousand agents rarely fail in a thousand ways: the calls that failed with one and the same message. */
export interface FailureGroup {
  readonly reason: FailureReason;
  readonly message: string;
  readonly count: number;
  /** The first few of them. */
  readonly firstCalls: readonly { readonly id: number; readonly label: string }[];
}

export interface CallWorktree extends KeptWorktree {
  readonly call: number;
  readonly label: string;
}

export interface Refusal {
  readonly message: string;
  readonly count: number;
}

const NAMED_CALLS = 3;

export class RunFindings {
  readonly #failures = new Map<string, { -readonly [K in keyof FailureGroup]: FailureGroup[K] }>();
  readonly #deniedTools = new Map<string, number>();
  readonly #refusals = new Map<CapName, Refusal>();
  readonly #worktrees: CallWorktree[] = [];
  #unpricedCalls = 0;

  /** In the order in which each message first came. */
  get failures(): Iterable<FailureGroup> {
    return this.#failures.values();
  }
  get failureKinds(): number {
    return this.#failures.size;
  }
  get deniedTools(): ReadonlyMap<string, number> {
    return this.#deniedTools;
  }
  /** By cap, with the message of the first. */
  get refusals(): ReadonlyMap<CapName, Refusal> {
    return this.#refusals;
  }
  get worktrees(): readonly CallWorktree[] {
    return this.#worktrees;
  }
  /** Calls that did work and named no price: the cost of the run is at least what the others add up to. */
  get unpricedCalls(): number {
    return this.#unpricedCalls;
  }

  addSettled(event: SettledEvent): void {
    const { call, label, end, worktree } = event;
    if (isFailureEnd(end) && !event.replayed) this.#addFailure(end, event);
    for (const tool of event.denials) this.#deniedTools.set(tool, (this.#deniedTools.get(tool) ?? 0) + 1);
    if (event.cappedBy !== undefined) this.addRefusal(event.cappedBy);
    if (worktree !== undefined) this.#worktrees.push({ ...worktree, call, label });
    // What told nothing at all is counted as unmetered.
    if (event.costUsd === null && !event.isUnmetered && !event.replayed && didWork(event))
      this.#unpricedCalls++;
  }

  addRefusal({ cap, message, times = 1 }: CapRefusal & { readonly times?: number }): void {
    const known = this.#refusals.get(cap);
    this.#refusals.set(cap, { message: known?.message ?? message, count: (known?.count ?? 0) + times });
  }

  #addFailure(reason: FailureReason, event: SettledEvent): void {
    const key = `${reason}\n${event.summary}`;
    const named = { id: event.call, label: event.label };
    const known = this.#failures.get(key);
    if (known === undefined) {
      this.#failures.set(key, { reason, message: event.summary, count: 1, firstCalls: [named] });
      return;
    }
    known.count++;
    if (known.firstCalls.length < NAMED_CALLS) known.firstCalls = [...known.firstCalls, named];
  }
}

/** A process that never started owes nothing; a reply always cost something. */
function didWork(event: SettledEvent): boolean {
  const { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens } = event.usage;
  return event.end === 'reply' || inputTokens + outputTokens + cacheReadTokens + cacheCreationTokens > 0;
}
