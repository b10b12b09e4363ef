/** The spine: one call from the script's request to its outcome, answered from the journal or run in a place of the pool. */
import type { AgentCall, CallRequest } from '../core/call.ts';
import { failure, neverStarted, type Outcome, type Pressure } from '../core/outcome.ts';
import {
  type AgentBackend,
  CallCapped,
  CallSkipped,
  type Clock,
  type Lease,
  type Refusal,
  type SlotSource,
} from '../core/ports.ts';
import {
  type CallActivity,
  type CallHistory,
  type CallSoFar,
  putBackEvent,
  type RunEvent,
  settledEvent,
} from '../core/progress.ts';

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
  /** A cap stopped its agent: to who asked, it is as if that had refused the call. */
  readonly cappedBy?: Refusal;
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
  let session: string | undefined;
  for (;;) {
    const placement = await place(signal).catch((reason: unknown) => {
      if (reason instanceof CallSkipped) return failure('skipped', reason.message);
      if (signal.aborted) return neverStarted();
      throw reason;
    });
    if (placement.kind === 'failure') {
      return settled(call, placement, { replayed: false, durationMs: 0 }, deps);
    }
    if (placement.kind === 'refused') return refused(placement, call.label, call.id, deps);
    await using lease = placement.lease;
    const end = await runInLease(call, lease, session, deps, signal);
    if (end.kind === 'settled') return end;
    session = end.session;
  }
}

interface Again {
  readonly kind: 'again';
  /** To go on with. */
  readonly session: string | undefined;
}

/** Of an agent that hung. In a working tree of its own it worked in one that is gone, and its program finds sessions by their folder. */
function sessionLeft({ isolation }: AgentCall, outcome: Outcome): string | undefined {
  const hung = outcome.kind === 'failure' && outcome.reason === 'idle';
  return hung && isolation === undefined ? outcome.sessionId : undefined;
}

async function runInLease(
  call: AgentCall,
  lease: Lease,
  session: string | undefined,
  deps: CallDeps,
  signal: AbortSignal,
): Promise<Settled | Again> {
  const { clock, backend, progress, warn } = deps;
  let hasSpoken = false;
  progress({ type: 'call_started', call: call.id, at: clock.now() });
  const began = clock.monotonicMs();
  const watch = {
    ticket: lease.ticket,
    budgetUsd: lease.budgetUsd,
    session,
    warn,
    runs: (pid: number) => lease.runs(pid),
    pressed: (pressure: Pressure) => lease.pressed(pressure),
    placed: (host: string) => progress({ type: 'call_placed', call: call.id, host, at: clock.now() }),
    activity: (activity: CallActivity, soFar?: CallSoFar) => {
      hasSpoken ||= activity.kind !== 'retry';
      progress({ type: 'call_activity', call: call.id, activity, soFar, at: clock.now() });
    },
  };
  const isStopped = lease.stop === undefined ? signal : AbortSignal.any([signal, lease.stop]);
  const outcome = asSkipped(await backend.run(call, watch, isStopped), lease);
  if ((await lease.settle(outcome)) === 'again') {
    progress(putBackEvent(call, outcome, clock.now()));
    return { kind: 'again', session: hasSpoken ? sessionLeft(call, outcome) : undefined };
  }
  const durationMs = clock.monotonicMs() - began;
  return settled(call, outcome, { replayed: false, durationMs, cappedBy: cappedBy(outcome, lease) }, deps);
}

/** What the backend only knows as a stop. */
function asSkipped(outcome: Outcome, { stop }: Lease): Outcome {
  const isSkip = stop?.reason instanceof CallSkipped && outcome.kind === 'failure';
  if (!isSkip || outcome.reason !== 'stopped') return outcome;
  return { ...outcome, reason: 'skipped', message: stop.reason.message };
}

function cappedBy(outcome: Outcome, { stop }: Lease): Refusal | undefined {
  const isStopped = outcome.kind === 'failure' && outcome.reason === 'stopped';
  return isStopped && stop?.reason instanceof CallCapped ? stop.reason.refusal : undefined;
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
  const { cap, message, raise } = refusal;
  progress({ type: 'call_refused', call, label, cap, message, raise, at: clock.now() });
  return refusal;
}

function settled(
  call: AgentCall,
  outcome: Outcome,
  history: Omit<CallHistory, 'at' | 'cappedBy'> & { readonly cappedBy?: Refusal | undefined },
  { progress, clock }: CallDeps,
): Settled {
  const { cappedBy } = history;
  progress(settledEvent(call, outcome, { ...history, at: clock.now() }));
  return { kind: 'settled', call, outcome, ...(cappedBy === undefined ? {} : { cappedBy }) };
}
