/** An existing queue engine, as far as andwait needs one: jobs that are named, worked on by one at a time, and kept when they are over. */
import type { HostQuestions } from './host-questions.ts';
import type { SharedValue } from './keep-set.ts';
import type { QueueNotes } from './queue-notes.ts';

/** A job is another host's when nothing was heard of its worker for so long, and soon after (decision 0032). */
export const LOCK_MS = 15_000;
/** How often a worker says that it has a job. */
export const RENEW_MS = 4000;

export interface QueueEngine {
  /** Adds a job, unless there is one of that name, in whichever state. */
  add(id: string, job: object): Promise<void>;
  look(id: string): Promise<QueuedJob | undefined>;
  /** Who works on it, or takes it later, finds `stop` set, and is told that there is news. */
  askToStop(id: string): Promise<void>;
  /** `held`: somebody works on it. A job that is not there is `removed`. */
  remove(id: string): Promise<'removed' | 'held'>;
  /** Hears of jobs that are to be looked at, with what their worker told last, where it did. Some are missed: look now and then all the same. */
  onNews(listener: (id: string, told: unknown) => void): () => void;
  /** Jobs that are worked on at once, over all hosts. */
  readonly cap: SharedValue;
  /** Jobs that are begun in a minute, over all hosts: one after the other, evenly apart. */
  readonly rate: SharedValue;
  /** Says it to all who listen now, on whichever host: this one hears it, too, and who misses it never does. At most some kilobytes. */
  tellAll(word: object): Promise<void>;
  onWord(listener: (word: unknown) => void): () => void;
  take(carryOut: CarryOut, slots: number): JobTaking;
  readonly pieces: PieceStore;
  readonly notes: QueueNotes;
  readonly questions: HostQuestions;
  /** Of this process. What it has taken is to be over. */
  close(): Promise<void>;
}

/**
 * Contract: a method that talks to the server rejects while that is away, and may be asked again; nothing else rejects. An
 * outcome of `carryOut` is kept until the server has it, or says that the job is somebody else's.
 */
export interface QueuedJob {
  readonly state: 'waiting' | 'active' | 'done' | 'failed';
  /** As it was added: whoever reaches the server could have written it. */
  readonly job: unknown;
  readonly stop: boolean;
  /** Of one that is done. */
  readonly result: unknown;
  /** What its worker said last. */
  readonly told: unknown;
  /** Of one that has failed: in the engine's words. */
  readonly why: string | undefined;
}

export interface TakenJob {
  readonly id: string;
  readonly job: unknown;
  readonly stop: boolean;
  /** How often a host could not carry it out, and said so. */
  readonly returns: number;
  /** Counts that this host cannot carry it out, for whoever takes it next. Rejects while the server is away. */
  countReturn(): Promise<void>;
  /** Aborted once the job is not ours any more: its agent is to end, and its outcome counts for nothing. */
  readonly lost: AbortSignal;
  /** Rejects while the server is away. */
  tell(news: object): Promise<void>;
}

/** Resolves with the job's result; `undefined`: with none, and the job is for another host. Contract: never rejects. */
export type CarryOut = (taken: TakenJob) => Promise<object | undefined>;

export interface JobTaking {
  /** Takes no more than so many at once, from 0. What is under way goes on, and one more may be on its way. */
  atMost(count: number): void;
  /** Takes nothing more; resolves when what is under way is over, and the server knows. */
  close(): Promise<void>;
}

/** Bytes beside the jobs, too many for what a job is told and answered. Contract: as of the engine; what nobody forgets is kept for days. */
export interface PieceStore {
  /** `name`: letters, digits and `-`. One that is there stays as it is. */
  keep(name: string, bytes: Uint8Array): Promise<void>;
  isKept(name: string): Promise<boolean>;
  /** `undefined`: there is none of that name, or not any more. */
  fetch(name: string): Promise<Uint8Array | undefined>;
  forget(name: string): Promise<void>;
}
