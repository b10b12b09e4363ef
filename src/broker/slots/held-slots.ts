/**
 * Which slots are held, on the disk, for the broker that follows a crash: appended before anybody hears of a grant. Not
 * synced: it must outlive the broker, not the machine, with which every agent ends as well.
 */
import { closeSync, fstatSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import * as z from 'zod/mini';
import type { SlotOwner } from '../../pool/slot-ledger.ts';
import { smallTextIn } from '../../wire/files/small-file.ts';
import type { ProcessMark } from '../../wire/pool/pool-message.ts';

export interface HeldSlot extends SlotOwner {
  readonly agent: ProcessMark | undefined;
}

const mark = z.looseObject({ pid: z.number(), startTicks: z.nullable(z.string()) });
const line = z.discriminatedUnion('is', [
  z.looseObject({
    is: z.literal('granted'),
    leaseId: z.string(),
    runId: z.string(),
    call: z.number(),
    label: z.string(),
    client: mark,
    lender: z.optional(z.string()),
    elsewhere: z.optional(z.boolean()),
    agent: z.optional(mark),
  }),
  z.looseObject({ is: z.literal('runs'), leaseId: z.string(), agent: mark }),
  z.looseObject({ is: z.literal('free'), leaseId: z.string() }),
  z.looseObject({ is: z.literal('numbered'), dir: z.string(), call: z.number() }),
  z.looseObject({ is: z.literal('closed'), dir: z.string() }),
]);

/** Rewritten when it is larger than this and than what is held needs. */
const REWRITE_BYTES = 256 * 1024;
/** Of ten thousand slots with long labels: what is larger is nobody's memory of a pool. */
const MAX_BYTES = 64 * 1024 * 1024;

export class HeldSlots {
  readonly #file: string;
  readonly #held: Map<string, HeldSlot>;
  /** The highest number given to a call of each open run, by its folder: a call that waits stands in no journal yet. */
  readonly #numbers: Map<string, number>;
  #descriptor: number | undefined;
  #bytes = 0;
  #isOver = false;

  /** What an earlier broker left behind, to be looked into. */
  constructor(file: string) {
    this.#file = file;
    const { held, numbers } = readHeld(file);
    this.#held = held;
    this.#numbers = numbers;
    this.#rewrite();
  }

  get left(): readonly HeldSlot[] {
    return [...this.#held.values()];
  }

  granted(slot: HeldSlot): void {
    this.#held.set(slot.leaseId, slot);
    this.#append({ is: 'granted', ...slot });
  }

  runs(leaseId: string, agent: ProcessMark): void {
    const slot = this.#held.get(leaseId);
    if (slot === undefined) return;
    this.#held.set(leaseId, { ...slot, agent });
    this.#append({ is: 'runs', leaseId, agent });
  }

  free(leaseId: string): void {
    if (!this.#held.delete(leaseId)) return;
    this.#append({ is: 'free', leaseId });
  }

  /** Before its client hears of it: the number is not to be given again, whoever of both dies. */
  numbered(dir: string, call: number): void {
    this.#numbers.set(dir, call);
    this.#append({ is: 'numbered', dir, call });
  }

  highestNumber(dir: string): number {
    return this.#numbers.get(dir) ?? 0;
  }

  /** The run is over. */
  closed(dir: string): void {
    if (this.#numbers.delete(dir)) this.#append({ is: 'closed', dir });
  }

  /** From now on the file is the next broker's. */
  end(): void {
    this.#isOver = true;
    this.#close();
  }

  #close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #append(entry: object): void {
    if (this.#isOver) return;
    const text = `${JSON.stringify(entry)}\n`;
    try {
      this.#descriptor ??= openSync(this.#file, 'a', 0o600);
      this.#bytes += writeSync(this.#descriptor, text);
      if (this.#bytes > REWRITE_BYTES) this.#rewrite();
    } catch {
      // A full disk must not stop the pool: what is lost is what a crash right now would not know.
    }
  }

  #rewrite(): void {
    this.#close();
    const draft = `${this.#file}.new`;
    const entries = [
      ...this.left.map((slot) => ({ is: 'granted', ...slot })),
      ...[...this.#numbers].map(([dir, call]) => ({ is: 'numbered', dir, call })),
    ];
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`);
    try {
      // Whatever a crash or somebody else left there is neither waited for nor followed.
      rmSync(draft, { force: true });
      writeFileSync(draft, lines.join(''), { mode: 0o600, flag: 'wx' });
      renameSync(draft, this.#file);
      this.#descriptor = openSync(this.#file, 'a', 0o600);
      // Twice what is held: otherwise a large pool would rewrite it line after line.
      this.#bytes = Math.min(fstatSync(this.#descriptor).size, REWRITE_BYTES / 2);
    } catch {
      this.#bytes = 0;
    }
  }
}

/** What is no such line is passed over: the last one may be torn, and a pool that does not start helps nobody. */
function readHeld(file: string) {
  const held = new Map<string, HeldSlot>();
  const numbers = new Map<string, number>();
  for (const entry of linesOf(file)) {
    if (entry.is === 'free') held.delete(entry.leaseId);
    if (entry.is === 'numbered') numbers.set(entry.dir, entry.call);
    if (entry.is === 'closed') numbers.delete(entry.dir);
    if (entry.is === 'granted') {
      const { is: _, lender, agent, ...owner } = entry;
      held.set(entry.leaseId, { ...owner, lender, agent });
    }
    const slot = entry.is === 'runs' ? held.get(entry.leaseId) : undefined;
    if (slot && entry.is === 'runs') held.set(entry.leaseId, { ...slot, agent: entry.agent });
  }
  return { held, numbers };
}

function linesOf(file: string): z.infer<typeof line>[] {
  const text = smallTextIn(file, MAX_BYTES) ?? '';
  return text.split('\n').flatMap((each) => {
    try {
      const parsed = line.safeParse(JSON.parse(each));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}
