/**
 * What the pool's broker and its clients say to each other: one JSON object a line, over a Unix socket. The first line
 * of a connection is a `hello` (control: it asks, and is answered) or a `lease` (it is handed to an agent, and nothing
 * that comes on it afterwards is read).
 */
import type { CallRequest } from '../../core/call.ts';
import type { Outcome, Pressure } from '../../core/outcome.ts';
import type { AttemptEnd, CapName, RunCaps, RunHeld, Steerer, Steering } from '../../core/run.ts';
import type { JournalRecord } from '../records/record.ts';
import type { PoolStatus } from './pool-status.ts';
import type { SteerEffect, StopReason } from './run-order.ts';

/** Raised whenever a message changes its meaning: client and broker of different numbers do not talk. */
export const POOL_PROTOCOL = 2;

/** A process that cannot be mistaken for another one that got its number later. */
export interface ProcessMark {
  readonly pid: number;
  /** When it started, as the kernel counts (field 22 of /proc/PID/stat); `null` where that is not told. */
  readonly startTicks: string | null;
}

/** Who goes first when several wait. Within one, runs take turns, and the calls of one run come in order. */
export const PRIORITIES = ['session', 'normal'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A call without its text: the broker decides by hashes, and answers from the journal; prompts stay with who asks. */
export type WireRequest = Omit<CallRequest, 'prompt'>;

/** The name the broker gave a call. */
export interface CallName {
  /** Position among the run's calls, from 1. */
  readonly call: number;
  readonly key: string;
  readonly occurrence: number;
}

/** What a client knows of a call of its own that has not settled, told to a broker that was started after a crash. */
export interface OpenCall extends CallName {
  readonly request: WireRequest;
  readonly state: 'waiting' | 'held';
  /** Of a held call: the lease it was given, and its agent once that runs. */
  readonly leaseId: string | undefined;
  readonly agent: ProcessMark | undefined;
  readonly priority: Priority;
  readonly parent: string | undefined;
  readonly repeatable: boolean;
  /** Why its agent is being ended: what is said of its end afterwards depends on it. */
  readonly stop: StopReason | undefined;
}

export interface HelloMessage {
  readonly type: 'hello';
  readonly protocol: number;
  /** Of andwait, for people. */
  readonly version: string;
  /** Content of the pool's token file. */
  readonly token: string;
  readonly client: ProcessMark;
}

export interface LeaseMessage {
  readonly type: 'lease';
  readonly protocol: number;
  readonly token: string;
  /** Of the grant. */
  readonly leaseId: string;
}

/** Every request with a `seq` is answered exactly once, by a message with the same `seq`. */
export type ClientMessage =
  | HelloMessage
  | LeaseMessage
  /** Takes a run's lock, reads its journal, becomes its one writer. Waits while an earlier owner's agents are being ended. */
  | {
      readonly type: 'open_run';
      readonly seq: number;
      readonly runId: string;
      /** Absolute path of the run's folder, which exists. */
      readonly dir: string;
      readonly caps: RunCaps;
      readonly reuse: 'content' | 'prefix' | 'none';
      readonly rehearsal: boolean;
      /** Others may join it: every `claude -p` below an `exec`. */
      readonly joinable: boolean;
      /** Once the account is used up the run stays, and goes on by itself. */
      readonly waitForQuota?: boolean | undefined;
      /** Refused credentials do not end it. */
      readonly waitForCredentials?: boolean | undefined;
      /** Its agents are ended when `lives` is not said for so long. */
      readonly silentMs?: number | undefined;
      /** Its agents run on other hosts, each of which has slots of its own: they take none of this pool's. */
      readonly elsewhere?: boolean | undefined;
      /** After a broker's death: the attempt that goes on, with its open calls. `undefined`: a new attempt. */
      readonly reattach: { readonly attempt: number; readonly calls: readonly OpenCall[] } | undefined;
    }
  /** Calls of this connection will belong to a run that somebody else holds open, or to the standing run of the day. */
  | {
      readonly type: 'join_run';
      readonly seq: number;
      /** `undefined`: the standing run of today. After a broker's death it is named, as that day may be over. */
      readonly runId: string | undefined;
      /** State folder: where the standing run is made. */
      readonly stateDir: string;
      readonly reattach: readonly OpenCall[] | undefined;
    }
  /** Appended soon, in order. */
  | { readonly type: 'append'; readonly runId: string; readonly record: JournalRecord }
  /** Answered by `committed` when it is on the disk. */
  | {
      readonly type: 'commit';
      readonly seq: number;
      readonly runId: string;
      readonly record: JournalRecord;
    }
  /** Answered by `admitted`; when queued, a `granted` or `refused_place` for the call follows in its time. */
  | {
      readonly type: 'request';
      readonly seq: number;
      readonly runId: string;
      readonly request: WireRequest;
      readonly priority: Priority;
      /** Lease id of the agent below which this call was made: it lends its slot. */
      readonly parent: string | undefined;
      /** Milliseconds after which it is let in over the cap; `undefined`: never. */
      readonly overCapAfterMs: number | undefined;
      /** Nobody has heard anything of its agent before it settles: another agent may be asked in its place. */
      readonly repeatable: boolean;
    }
  /** No longer wanted: not answered; a grant that crosses it on the way is given back with `release`. */
  | { readonly type: 'cancel'; readonly runId: string; readonly call: number }
  /** Its agent runs. */
  | { readonly type: 'runs'; readonly runId: string; readonly call: number; readonly agent: ProcessMark }
  /** What its agent heard from the model API; the agent may go on. */
  | { readonly type: 'pressure'; readonly runId: string; readonly call: number; readonly pressure: Pressure }
  /** The run's owner is at work. */
  | { readonly type: 'lives'; readonly runId: string }
  /** Answered by `settled` when it is on the disk, or by `again`. May be sent again after a broker's death: recorded once. */
  | {
      readonly type: 'settle';
      readonly seq: number;
      readonly runId: string;
      readonly call: number;
      readonly outcome: Outcome;
    }
  /** Gives the slot back without an outcome. */
  | { readonly type: 'release'; readonly runId: string; readonly call: number }
  /** Everything of the run's is written, its lock is given back. Answered by `closed`. */
  | { readonly type: 'close_run'; readonly seq: number; readonly runId: string }
  /** Ends what the run has running and refuses what waits; its other clients hear `stop`. Answered by `done`. */
  | { readonly type: 'stop_run'; readonly seq: number; readonly runId: string }
  /** From anybody who has the token, whosever run it is. Answered by `steered` when it is under way and on record. */
  | {
      readonly type: 'steer';
      readonly seq: number;
      readonly runId: string;
      /** Its folder: the runs of a day have one name in every state folder. */
      readonly dir: string;
      readonly action: Steering;
      /** Of `skip` and `retry`. */
      readonly call: number | undefined;
      readonly by: Steerer;
    }
  | { readonly type: 'status'; readonly seq: number }
  | {
      readonly type: 'set_pool';
      readonly seq: number;
      /** `null`: what it is by itself. */
      readonly slots: number | null | undefined;
      readonly paused: boolean | undefined;
      /** No new agent while less than this is available; `null`: no limit. */
      readonly minFreeBytes: number | null | undefined;
    }
  /** Refused while calls run, unless forced. Answered by `done`, then the broker ends. */
  | { readonly type: 'stop_pool'; readonly seq: number; readonly force: boolean };

export type RequestMessage = Extract<ClientMessage, { readonly seq: number }>;

export type BrokerMessage =
  /** First answer to a `hello`. */
  | { readonly type: 'welcome'; readonly version: string; readonly pid: number; readonly slots: number }
  /** Then the connection ends. */
  | { readonly type: 'unwelcome'; readonly reason: 'protocol' | 'token' | 'ending'; readonly message: string }
  /** First answer to a `lease`; nothing follows it. */
  | { readonly type: 'leased' }
  | {
      readonly type: 'run_opened';
      readonly seq: number;
      readonly attempt: number;
      /** Those before. */
      readonly attempts: readonly AttemptEnd[];
      /** Name of the last attempt's script in the folder. */
      readonly lastScript: string | undefined;
      /** Output tokens of earlier attempts that no replay brings back. */
      readonly spentTokens: number;
      /** What reading the journal had to leave out. */
      readonly notice: string | undefined;
    }
  | { readonly type: 'run_joined'; readonly seq: number; readonly runId: string; readonly dir: string }
  | ({ readonly type: 'admitted'; readonly seq: number } & (
      | ({ readonly kind: 'queued' } & CallName)
      | ({ readonly kind: 'replayed'; readonly outcome: Outcome } & CallName)
      | { readonly kind: 'refused'; readonly cap: CapName; readonly message: string; readonly raise: string }
    ))
  /** The call's turn has come. */
  | {
      readonly type: 'granted';
      readonly runId: string;
      readonly call: number;
      readonly leaseId: string;
      /** US dollars that the agent may use up: what is left of a hard cap. Absent: no bound of its own. */
      readonly budgetUsd?: number | undefined;
    }
  | {
      readonly type: 'refused_place';
      readonly runId: string;
      readonly call: number;
      readonly cap: CapName;
      readonly message: string;
      readonly raise: string;
    }
  /** To who has the run open: what wants a person's attention, and stands in the journal's log already. */
  | { readonly type: 'notice'; readonly runId: string; readonly text: string }
  /** End this call, and settle it. Call 0: the run as a whole, said to all who have it open. */
  | { readonly type: 'stop'; readonly runId: string; readonly call: number; readonly why: StopReason }
  /** To the run's owner: nothing new of it starts, or, `null`, it goes on. */
  | { readonly type: 'held'; readonly runId: string; readonly held: RunHeld | null }
  | ({ readonly type: 'steered'; readonly seq: number } & SteerEffect)
  /** What was settled was no end of the call: it waits again, under its number, and is granted or refused in its time. */
  | { readonly type: 'again'; readonly seq: number }
  | { readonly type: 'committed' | 'settled' | 'closed' | 'done'; readonly seq: number }
  | { readonly type: 'status'; readonly seq: number; readonly status: PoolStatus }
  /** The request could not be carried out. */
  | {
      readonly type: 'failed';
      readonly seq: number;
      readonly reason: 'busy' | 'no-run' | 'journal' | 'damaged' | 'refused' | 'malformed';
      readonly message: string;
    };

/** One line, its line feed included. */
export function encodeMessage(message: ClientMessage | BrokerMessage): string {
  return `${JSON.stringify(message)}\n`;
}
