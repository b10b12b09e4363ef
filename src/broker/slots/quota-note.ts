/** That the account is used up, on the disk, for the broker that follows: asking anew would cost a failed call of each run. */
import { rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { LONGEST_MS, type Quota } from '../../pool/pacing/breaker.ts';
import { smallTextIn } from '../../wire/files/small-file.ts';

const schema = z.looseObject({ resetAt: z.number(), message: z.string().check(z.maxLength(2000)) });
const MAX_BYTES = 8 * 1024;

export class QuotaNote {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Only what says when it ends is believed, and until then. */
  read(now: number): Quota | undefined {
    try {
      const parsed = schema.safeParse(JSON.parse(smallTextIn(this.#file, MAX_BYTES) ?? ''));
      if (!parsed.success) return undefined;
      const { resetAt, message } = parsed.data;
      return resetAt > now && resetAt < now + LONGEST_MS ? { resetAt, message } : undefined;
    } catch {
      return undefined;
    }
  }

  /** A disk that takes nothing must not stop the pool: what is lost is learnt again. */
  write(quota: Quota | undefined): void {
    try {
      rmSync(this.#file, { force: true });
      if (quota !== undefined && quota.resetAt !== null) {
        writeFileSync(this.#file, `${JSON.stringify(quota)}\n`, { mode: 0o600, flag: 'wx' });
      }
    } catch {
      // See above.
    }
  }
}
