/** The spine: one call from the script's request to its outcome, answered from the journal or run in a place of the pool. */
import type { AgentCall, CallRequest } from '../core/call.ts';
import { failure, type Outcome } from '../core/outcome.ts';
import type { AgentBackend, Clock, Lease, Refusal, SlotSource } from '../core/ports.ts';
import type { RunEvent } from '../core/progress.ts';

export interface CallDeps {
  readonly pool: SlotSource;
  readonly backend: AgentBackend;
  readonly clock: Clock;
  readonly progress: (event: RunEvent) => void;
  /** What a person should know, and is no reason to throw a paid answer away. */
  readonly warn: (message: string) => void;
}

export interface Settled {
  readonly kind: 'settled';
  readonly call: AgentCall;
  readonly outcome: Outcome;
}

/** Rejects only when the outcome could not be made durable. */
export async function callAgent(
  request: CallRequest,
  deps: CallDeps,
  signal: AbortSignal,
): Promise<Refusal | Settled> {
  const admission = await deps.pool.request(request);
  switch (admission.kind) {
    case 'refused':
      return refused(admission, request.label, undefined, deps);
    case 'replayed':
      tellQueued(admission.call, deps);
      return settled(admission.call, admission.outcome, { replayed: true, durationMs: 0 }, deps);
    case 'queued':
      tellQueued(admission.call, deps);
      return await inPlace(admission.call, admission.place, deps, signal);
  }
}

type PlaceSource = Extract<Awaited<ReturnType<SlotSource['request']>>, { kind: 'queued' }>['place'];

async function inPlace(
  call: AgentCall,
  place: PlaceSource,
  deps: CallDeps,
  signal: AbortSignal,
): Promise<Refusal | Settled> {
  const placement = await place(signal).catch((reason: unknown) => {
    if (signal.aborted) return undefined;
    throw reason;
  });
  if (placement === undefined) {
    const outcome = failure('stopped', 'stopped before it started');
    return settled(call, outcome, { replayed: false, durationMs: 0 }, deps);
  }
  if (placement.kind === 'refused') return refused(placement, call.label, call.id, deps);
  await using lease = placement.lease;
  return await runInLease(call, lease, deps, signal);
}

async function runInLease(
  call: AgentCall,
  lease: Lease,
  deps: CallDeps,
  signal: AbortSignal,
): Promise<Settled> {
  const { clock, backend, progress, warn } = deps;
  progress({ type: 'call_started', call: call.id, at: clock.now() });
  const began = clock.monotonicMs();
  const watch = {
    ticket: lease.ticket,
    warn,
    runs: (pid: number) => lease.runs(pid),
    activity: (activity: Extract<RunEvent, { type: 'call_activity' }>['activity']) =>
      progress({ type: 'call_activity', call: call.id, activity, at: clock.now() }),
  };
  const isStopped = lease.stop === undefined ? signal : AbortSignal.any([signal, lease.stop]);
  const outcome = await backend.run(call, watch, isStopped);
  await lease.settle(outcome);
  return settled(call, outcome, { replayed: false, durationMs: clock.monotonicMs() - began }, deps);
}

function tellQueued(call: AgentCall, { progress, clock }: CallDeps): void {
  const { id, label, phase, workflow, model } = call;
  progress({ type: 'call_queued', call: id, label, phase, workflow, model, at: clock.now() });
}

function refused(
  refusal: Refusal,
  label: string,
  call: number | undefined,
  { progress, clock }: CallDeps,
): Refusal {
  const { cap, message } = refusal;
  progress({ type: 'call_refused', call, label, cap, message, at: clock.now() });
  return refusal;
}

const SUMMARY_CHARACTERS = 200;

function settled(
  call: AgentCall,
  outcome: Outcome,
  { replayed, durationMs }: { readonly replayed: boolean; readonly durationMs: number },
  { progress, clock }: CallDeps,
): Settled {
  const told = outcome.kind === 'reply' ? outcome.text : outcome.message;
  progress({
    type: 'call_settled',
    call: call.id,
    label: call.label,
    end: outcome.kind === 'reply' ? 'reply' : outcome.reason,
    summary: told.slice(0, SUMMARY_CHARACTERS),
    replayed,
    usage: outcome.usage,
    costUsd: outcome.costUsd,
    denials: outcome.denials.map((denial) => denial.toolName),
    worktree: outcome.worktree,
    durationMs,
    at: clock.now(),
  });
  return { kind: 'settled', call, outcome };
}
