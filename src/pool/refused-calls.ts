/**
 * How many calls each cap refused in one attempt. A script that goes on asking must not fill the disk: the journal hears
 * each time their number has doubled, and the whole number at the end.
 */
import type { Refusal } from '../core/ports.ts';
import type { CapName } from '../core/run.ts';
import type { RefusedRecord } from '../wire/records/record.ts';

interface Counted {
  /** Of the first. */
  readonly label: string;
  /** Of the last: what raises the cap far enough. */
  readonly raise: string;
  readonly count: number;
  readonly told: number;
}

export class RefusedCalls {
  readonly #byCap = new Map<CapName, Counted>();

  get total(): number {
    return [...this.#byCap.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Returns what the journal is to hear. */
  add({ cap, raise }: Refusal, label: string, at: number): RefusedRecord | undefined {
    const known = this.#byCap.get(cap) ?? { label, count: 0, told: 0 };
    const counted = { ...known, raise, count: known.count + 1 };
    this.#byCap.set(cap, counted);
    return counted.count >= 2 * counted.told ? this.#tell(cap, counted, at) : undefined;
  }

  /** From the journal of a broker that died. */
  restore({ cap, label, raise = '', count = 1 }: RefusedRecord): void {
    this.#byCap.set(cap, { label, raise, count, told: count });
  }

  /** What the journal has not heard yet. */
  untold(at: number): RefusedRecord[] {
    const untold = [...this.#byCap].filter(([, { count, told }]) => count > told);
    return untold.map(([cap, counted]) => this.#tell(cap, counted, at));
  }

  #tell(cap: CapName, counted: Counted, at: number): RefusedRecord {
    const { label, raise, count } = counted;
    this.#byCap.set(cap, { ...counted, told: count });
    return { type: 'refused', label, cap, raise, count, at };
  }
}
