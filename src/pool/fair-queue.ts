/**
 * Who goes next among all that wait for a slot, as a queue class of p-queue: the highest priority first; within it the
 * runs take turns, so that a thousand waiting calls of one run hold up nobody else's single call by more than a turn.
 */

type Run = () => Promise<unknown>;

export interface FairOptions {
  readonly priority?: number;
  /** Those of one group come in the order they were added; groups take turns. */
  readonly group?: string;
  /** Before all of its group: it has been at the head of the line once. */
  readonly ahead?: boolean;
  readonly id?: string;
  readonly timeout?: number;
}

interface Waiting {
  readonly run: Run;
  readonly id: string | undefined;
  readonly group: string;
  readonly priority: number;
}

/** Of one priority. The order of the map is the order of the turns: who was served goes to its end. */
type Turns = Map<string, Map<symbol, Waiting>>;

export class FairQueue {
  readonly #levels = new Map<number, Turns>();
  /** Where a waiting one is found by its id, without looking through all. */
  readonly #places = new Map<string, { readonly waiting: Waiting; readonly mark: symbol }>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  enqueue(run: Run, { priority = 0, group = '', ahead = false, id }: FairOptions = {}): void {
    const waiting: Waiting = { run, id, group, priority };
    const mark = Symbol(id);
    const turns = this.#levels.get(priority) ?? new Map<string, Map<symbol, Waiting>>();
    this.#levels.set(priority, turns);
    const line = turns.get(group) ?? new Map<symbol, Waiting>();
    // A new group goes to the end: it is served once all others were.
    turns.set(group, ahead ? new Map([[mark, waiting], ...line]) : line.set(mark, waiting));
    if (id !== undefined) this.#places.set(id, { waiting, mark });
    this.#size += 1;
  }

  dequeue(): Run | undefined {
    if (this.#size === 0) return undefined;
    const priority = Math.max(...this.#levels.keys());
    const turns = this.#levels.get(priority);
    const [turn] = turns ?? [];
    const [first] = turn?.[1] ?? [];
    if (!turns || !turn || !first) throw new Error('an empty line was left in the queue');
    const [group, line] = turn;
    const [mark, waiting] = first;
    turns.delete(group);
    turns.set(group, line);
    this.#drop(waiting, mark);
    return waiting.run;
  }

  filter({ priority }: Readonly<Partial<FairOptions>>): Run[] {
    const turns = this.#levels.get(priority ?? 0) ?? new Map<string, Map<symbol, Waiting>>();
    return [...turns.values()].flatMap((line) => [...line.values()].map(({ run }) => run));
  }

  /** p-queue calls it when the signal of one that waits aborts. */
  remove(id: string): void {
    const place = this.#places.get(id);
    if (place) this.#drop(place.waiting, place.mark);
  }

  setPriority(id: string, priority: number): void {
    const place = this.#places.get(id);
    if (!place) throw new ReferenceError(`nothing with the id ${JSON.stringify(id)} waits`);
    const { run, group } = place.waiting;
    this.#drop(place.waiting, place.mark);
    this.enqueue(run, { priority, group, id });
  }

  #drop({ id, group, priority }: Waiting, mark: symbol): void {
    const turns = this.#levels.get(priority);
    const line = turns?.get(group);
    if (!turns || !line?.delete(mark)) return;
    this.#size -= 1;
    if (id !== undefined) this.#places.delete(id);
    // A group that comes back later has no claim to its old turn.
    if (line.size === 0) turns.delete(group);
    if (turns.size === 0) this.#levels.delete(priority);
  }
}
