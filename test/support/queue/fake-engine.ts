/** A queue engine in memory, for any number of clients and workers: the test says when a lock is lost, a server is away, or loses what it had. */
import type {
  CarryOut,
  JobTaking,
  QueuedJob,
  QueueEngine,
  TakenJob,
} from '../../../src/queue/queue-engine.ts';

interface Kept {
  state: QueuedJob['state'];
  readonly job: unknown;
  stop: boolean;
  returns: number;
  result: unknown;
  told: unknown;
  why: string | undefined;
  /** Whoever has it now; anybody else's outcome is refused. */
  lock: AbortController | undefined;
}

interface Taker {
  readonly carryOut: CarryOut;
  slots: number;
  running: number;
  isDead: boolean;
}

type Answers = (question: unknown) => Promise<object>;

export class FakeServer {
  readonly jobs = new Map<string, Kept>();
  readonly notes = new Map<string, unknown>();
  readonly refused: string[] = [];
  readonly pieces = new Map<string, Uint8Array>();
  cap = Number.POSITIVE_INFINITY;
  /** Kept, and obeyed by the real ones alone: there is no time here. */
  perMinute: number | undefined;
  isAway = false;
  /** What workers tell does not arrive. */
  losesNews = false;
  readonly #listeners = new Set<(id: string, told: unknown) => void>();
  readonly #wordListeners = new Set<(word: unknown) => void>();
  readonly #takers = new Set<Taker>();
  readonly #answering = new Map<string, Answers[]>();

  connect(): QueueEngine {
    const asked = async <T>(work: () => T): Promise<T> => {
      await Promise.resolve();
      if (this.isAway) throw new Error('connect ECONNREFUSED');
      return work();
    };
    return {
      add: (id, job) => asked(() => this.#add(id, job)),
      look: (id) => asked(() => this.#look(id)),
      askToStop: (id) => asked(() => this.#askToStop(id)),
      remove: (id) => asked(() => this.remove(id)),
      onNews: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
      cap: {
        set: (count) =>
          asked(() => {
            this.cap = count;
          }),
        get: () => asked(() => (Number.isFinite(this.cap) ? this.cap : undefined)),
      },
      rate: {
        set: (perMinute) =>
          asked(() => {
            this.perMinute = perMinute;
          }),
        get: () => asked(() => this.perMinute),
      },
      notes: {
        note: (name, value) => asked(() => void this.notes.set(name, JSON.parse(JSON.stringify(value)))),
        noted: (name) => asked(() => this.notes.get(name)),
        forget: (name) => asked(() => void this.notes.delete(name)),
      },
      questions: {
        ask: async (name, question) => {
          const answers = await asked(() => this.#answering.get(name)?.at(-1));
          return await answers?.(JSON.parse(JSON.stringify(question)));
        },
        answer: (name, answers) => {
          this.#answering.set(name, [...(this.#answering.get(name) ?? []), answers]);
          const isOther = (each: Answers): boolean => each !== answers;
          return {
            close: async () => {
              this.#answering.set(name, (this.#answering.get(name) ?? []).filter(isOther));
            },
          };
        },
      },
      tellAll: (word) =>
        asked(() => {
          for (const listener of [...this.#wordListeners]) listener(JSON.parse(JSON.stringify(word)));
        }),
      onWord: (listener) => {
        this.#wordListeners.add(listener);
        return () => void this.#wordListeners.delete(listener);
      },
      take: (carryOut, slots) => this.#take(carryOut, slots),
      pieces: {
        keep: (name, bytes) =>
          asked(() => {
            if (!this.pieces.has(name)) this.pieces.set(name, Uint8Array.from(bytes));
          }),
        isKept: (name) => asked(() => this.pieces.has(name)),
        fetch: (name) => asked(() => this.pieces.get(name)),
        forget: (name) => asked(() => void this.pieces.delete(name)),
      },
      close: async () => {},
    };
  }

  /** Its host is gone, or cut off: the job is given to whoever asks next. `knows`: that host learns of it. */
  loseLock(id: string, knows: boolean): void {
    const kept = this.#kept(id);
    const { lock } = kept;
    kept.lock = undefined;
    kept.state = 'waiting';
    if (knows) lock?.abort();
    this.#give();
  }

  /** No worker of now takes anything more, and none says anything more. */
  killWorkers(): void {
    for (const taker of this.#takers) taker.isDead = true;
  }

  /** A server without a disk was started anew. */
  forgetAll(): void {
    for (const { lock } of this.jobs.values()) lock?.abort();
    this.jobs.clear();
    this.cap = Number.POSITIVE_INFINITY;
    this.pieces.clear();
  }

  remove(id: string): 'removed' | 'held' {
    if (this.jobs.get(id)?.lock !== undefined) return 'held';
    this.jobs.delete(id);
    return 'removed';
  }

  #kept(id: string): Kept {
    const kept = this.jobs.get(id);
    if (kept === undefined) throw new Error(`there is no job ${id}`);
    return kept;
  }

  #add(id: string, job: object): void {
    if (this.jobs.has(id)) return;
    const nothing = {
      stop: false,
      returns: 0,
      result: undefined,
      told: undefined,
      why: undefined,
      lock: undefined,
    };
    this.jobs.set(id, { state: 'waiting', job: JSON.parse(JSON.stringify(job)), ...nothing });
    this.#give();
  }

  #look(id: string): QueuedJob | undefined {
    const kept = this.jobs.get(id);
    if (kept === undefined) return undefined;
    const { lock: _, returns: _returns, ...told } = kept;
    return { ...told };
  }

  #askToStop(id: string): void {
    const kept = this.jobs.get(id);
    if (kept === undefined) return;
    kept.stop = true;
    this.#tell(id);
  }

  #tell(id: string, told?: unknown): void {
    for (const listener of [...this.#listeners]) listener(id, told);
  }

  #take(carryOut: CarryOut, slots: number): JobTaking {
    const taker: Taker = { carryOut, slots, running: 0, isDead: false };
    this.#takers.add(taker);
    this.#give();
    return {
      atMost: (count) => {
        taker.slots = count;
        this.#give();
      },
      close: async () => {
        taker.slots = 0;
        while (taker.running > 0) await new Promise((resolve) => setImmediate(resolve));
      },
    };
  }

  #give(): void {
    for (const [id, kept] of this.jobs) {
      const active = [...this.jobs.values()].filter(({ lock }) => lock !== undefined).length;
      const taker = [...this.#takers].find((each) => !each.isDead && each.running < each.slots);
      if (taker === undefined || active >= this.cap) return;
      if (kept.state === 'waiting') void this.#work(id, kept, taker);
    }
  }

  async #work(id: string, kept: Kept, taker: Taker): Promise<void> {
    const lock = new AbortController();
    kept.lock = lock;
    kept.state = 'active';
    taker.running += 1;
    const taken: TakenJob = {
      id,
      job: kept.job,
      stop: kept.stop,
      returns: kept.returns,
      countReturn: async () => {
        kept.returns += 1;
      },
      lost: lock.signal,
      tell: async (news) => {
        if (this.losesNews) throw new Error('connect ECONNREFUSED');
        if (taker.isDead || kept.lock !== lock) return;
        kept.told = JSON.parse(JSON.stringify(news));
        this.#tell(id, kept.told);
      },
    };
    const result = await taker.carryOut(taken);
    taker.running -= 1;
    if (taker.isDead) return;
    if (kept.lock !== lock) this.refused.push(id);
    else if (result === undefined) {
      kept.lock = undefined;
      kept.state = 'waiting';
    } else {
      kept.lock = undefined;
      kept.state = 'done';
      kept.result = JSON.parse(JSON.stringify(result));
      this.#tell(id);
    }
    this.#give();
  }
}
