/** The outside world, by role. An adapter is named by its mechanism, a test double `Fake…` or `Manual…`. */
import type { AgentCall, CallRequest } from './call.ts';
import type { Outcome, Pressure } from './outcome.ts';
import type { CallActivity, CallSoFar } from './progress.ts';
import type { CapRefusal } from './run.ts';

/** Time. Contract: a callback never runs inside `after` itself, and never once its cancel was called. */
export interface Clock {
  /** Milliseconds since the epoch, for people and journals. */
  now(): number;
  /** Milliseconds that never jump, for durations. */
  monotonicMs(): number;
  /** Runs `callback` once after `ms`; the returned function cancels it. A timer that is neither fired nor cancelled keeps the process alive. */
  after(ms: number, callback: () => void): () => void;
}

/** Where raw output of one call goes, line by line, as it came. Contract: never throws; a failed write is kept for `close`. */
export interface TranscriptSink {
  write(line: Uint8Array): void;
  close(): Promise<void>;
}

/** Opens the transcript of a call that begins. */
export type OpenTranscript = (call: AgentCall) => TranscriptSink;

/** What a backend is handed for one agent, and tells while that runs. */
export interface AgentWatch {
  /** Hands the slot to the agent itself; `undefined` where the pool is inside this process. */
  readonly ticket: LeaseTicket | undefined;
  /** US dollars it may use up, where it can hold itself to that; `undefined`: no bound. */
  readonly budgetUsd?: number | undefined;
  /** Of its program, which an earlier try of this call left in the middle: it is gone on with, rather than begun anew. */
  readonly session?: string | undefined;
  /** The agent's process has started. */
  runs(pid: number): void;
  /** Another host has the agent, by its name. */
  placed?(host: string): void;
  activity(activity: CallActivity, soFar?: CallSoFar): void;
  /** Its model API pressed it: told at once, for it may go on for minutes. */
  pressed(pressure: Pressure): void;
  /** Something that a person should know, and that is no reason to throw a paid answer away. */
  warn(message: string): void;
}

/**
 * Runs one agent. Contract: never rejects for what an agent does (a failure is an outcome), never resolves
 * while a process it started in that agent's group is known to live, and answers an abort of `signal` with a
 * `stopped` failure.
 */
export interface AgentBackend {
  /** For people: `claude 2.1.330`, `andwait-print 0.1.0`, `rehearsal`. */
  readonly title: string;
  run(call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome>;
  /** No call comes any more. Resolves when nothing of the backend's own is left. */
  close(): Promise<void>;
}

/** With it whoever starts an agent hands it a connection to the pool: the slot is then the agent's own until it ends. */
export interface LeaseTicket {
  readonly socketPath: string;
  /** Content of the pool's token file. */
  readonly token: string;
  /** Also what a call made below this agent names as its parent. */
  readonly leaseId: string;
}

/** One slot of the pool, held by one call. */
export interface Lease extends AsyncDisposable {
  /** `undefined` where the pool is inside this process. */
  readonly ticket: LeaseTicket | undefined;
  /** Aborted when somebody stopped the run or this call from elsewhere (`CallSkipped`), or a cap did (`CallCapped`): it is to end, and to settle. */
  readonly stop: AbortSignal | undefined;
  /** US dollars its agent may use up; `undefined`: no bound of its own. */
  readonly budgetUsd?: number | undefined;
  /** The agent's process, once it is known: a second witness that the place is taken. */
  runs(pid: number): void;
  /** What its agent heard from the model API. */
  pressed(pressure: Pressure): void;
  /** Gives the slot back and makes the outcome durable: when this resolves, a crash no longer loses it. At most once. */
  settle(outcome: Outcome): Promise<SettleAnswer>;
}

export type SettleAnswer =
  | 'settled'
  /** It was no end of the call, for no fault of its own, or because a person wants it anew: it waits again, to be had by `place`. */
  | 'again';

/** A person had this call passed over: the reason with which `stop` is aborted, or `place` rejects. */
export class CallSkipped extends Error {
  override readonly name = 'CallSkipped';
}

export interface Refusal extends CapRefusal {
  readonly kind: 'refused';
}

/** A cap was reached that stops what runs: the reason with which `stop` is aborted. */
export class CallCapped extends Error {
  override readonly name = 'CallCapped';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export type Admission =
  | Refusal
  | { readonly kind: 'replayed'; readonly call: AgentCall; readonly outcome: Outcome }
  | {
      readonly kind: 'queued';
      readonly call: AgentCall;
      /** Asked once, and once more after each `again`. Contract: settles once; after an abort of `signal` it rejects with its reason and holds nothing. */
      place(signal: AbortSignal): Promise<Refusal | { readonly kind: 'leased'; readonly lease: Lease }>;
    };

/** The pool, as a caller sees it. Contract: requests are numbered in the order they are made; each is answered exactly once. */
export interface SlotSource {
  request(request: CallRequest): Promise<Admission>;
}
