/**
 * Looks at the agents of slots whose other witnesses are gone, ends those whose spawner is, and tells the ledger what it
 * saw. Looks only while there is something to be seen.
 */
import type { Clock } from '../../core/ports.ts';
import type { Slot, SlotLedger } from '../../pool/slot-ledger.ts';
import type { ProcessMark } from '../../wire/pool/pool-message.ts';
import type { Processes } from './end-agents.ts';

const LOOK_MS = 200;
/** Between TERM and KILL. */
const KILL_AFTER_MS = 5000;
/** How long a client that lives may take to come back after a broker's death. */
const REATTACH_MS = 10_000;
/** After so long, a connection that outlives its agent is a daemon's, and no longer counts. */
const KEPT_MS = 10_000;
/** A child between fork and exec still has its parent's environment: looking once is not enough. */
const SEARCHES = 3;

export interface SlotWatchDeps {
  readonly ledger: SlotLedger;
  readonly processes: Processes;
  readonly clock: Clock;
  /** It was found, where nobody had told of it. */
  readonly found: (leaseId: string, agent: ProcessMark) => void;
  /** Something about that slot is known that was not. */
  readonly seen: (leaseId: string) => void;
  /** Somebody else's process keeps the agent's connection. */
  readonly cut: (leaseId: string) => void;
  readonly fail: (error: Error) => void;
}

/** What is remembered of a slot between two looks. */
interface Course {
  readonly since: number;
  termAt: number | undefined;
  keptSince: number | undefined;
  searches: number;
}

export class SlotWatch {
  readonly #deps: SlotWatchDeps;
  readonly #courses = new Map<string, Course>();
  #cancel: (() => void) | undefined;

  constructor(deps: SlotWatchDeps) {
    this.#deps = deps;
  }

  /** Looks now, and again until the ledger needs no more. */
  watch(leaseId: string): void {
    if (this.#isDone(leaseId)) return;
    const now = this.#deps.clock.monotonicMs();
    if (!this.#courses.has(leaseId)) {
      this.#courses.set(leaseId, { since: now, termAt: undefined, keptSince: undefined, searches: 0 });
    }
    this.#look(leaseId);
    this.#later();
  }

  stop(): void {
    this.#cancel?.();
    this.#courses.clear();
  }

  #isDone(leaseId: string): boolean {
    const { ledger } = this.#deps;
    return !ledger.needsLook(leaseId) && !ledger.isKept(leaseId);
  }

  #later(): void {
    for (const leaseId of this.#courses.keys()) if (this.#isDone(leaseId)) this.#courses.delete(leaseId);
    if (this.#courses.size === 0 || this.#cancel) return;
    this.#cancel = this.#deps.clock.after(LOOK_MS, () => {
      this.#cancel = undefined;
      try {
        for (const leaseId of [...this.#courses.keys()]) this.#look(leaseId);
        this.#later();
      } catch (error) {
        this.#deps.fail(error as Error);
      }
    });
  }

  #look(leaseId: string): void {
    const { ledger, clock } = this.#deps;
    const slot = ledger.get(leaseId);
    const course = this.#courses.get(leaseId);
    if (slot === undefined || course === undefined || this.#isDone(leaseId)) return;
    const now = clock.monotonicMs();
    if (ledger.isKept(leaseId)) {
      course.keptSince ??= now;
      if (now - course.keptSince >= KEPT_MS) this.#deps.cut(leaseId);
      return;
    }
    if (slot.control === 'unclaimed') this.#lookAtUnclaimed(slot, course, now);
    else if (slot.agent === undefined) this.#search(slot, course, now);
    else this.#lookAtAgent(slot, slot.agent, course, now);
  }

  /** Nobody came back for it yet. Whose client is dead is ended; whose client lives is counted as long as its agent runs. */
  #lookAtUnclaimed(slot: Slot, course: Course, now: number): void {
    const { ledger, processes } = this.#deps;
    if (!processes.isAlive(slot.client)) {
      ledger.end(slot.leaseId, 'gone');
      if (slot.agent === undefined) this.#search(slot, course, now);
      else this.#lookAtAgent({ ...slot, control: 'gone' }, slot.agent, course, now);
    } else if (slot.agent !== undefined) {
      this.#lookAtAgent(slot, slot.agent, course, now);
    } else if (now - course.since >= REATTACH_MS) {
      this.#search(slot, course, now);
    }
  }

  #lookAtAgent(slot: Slot, agent: ProcessMark, course: Course, now: number): void {
    const { ledger, processes, seen } = this.#deps;
    const isEnding = slot.control === 'gone';
    if (!processes.isAlive(agent)) {
      if (isEnding) {
        processes.killRestOfGroup(agent);
        processes.killByLease(slot.leaseId);
      }
      ledger.agentIsGone(slot.leaseId);
      seen(slot.leaseId);
      return;
    }
    if (!isEnding) return;
    if (course.termAt === undefined) {
      course.termAt = now;
      processes.signal(agent, 'SIGTERM');
    } else if (now - course.termAt >= KILL_AFTER_MS) processes.signal(agent, 'SIGKILL');
  }

  /** Its spawner died before it could tell, or never started one. */
  #search(slot: Slot, course: Course, now: number): void {
    const { ledger, processes, seen, found } = this.#deps;
    const agent = processes.findByLease(slot.leaseId);
    if (agent !== undefined) {
      found(slot.leaseId, agent);
      if (slot.control === 'gone') this.#lookAtAgent(slot, agent, course, now);
      return;
    }
    // A connection that is open is somebody's who may still become the agent.
    if (slot.leases > 0) return;
    course.searches += 1;
    if (course.searches < SEARCHES) return;
    ledger.agentIsGone(slot.leaseId);
    seen(slot.leaseId);
  }
}
