/** `parallel` and `pipeline`: many things at once, where one that fails becomes `null` and a log line instead of an end. */
import { isCapError } from './calls.ts';
import { post } from './outbox.ts';
import { messageOf } from './shown.ts';
import { log } from './speech.ts';

const MAX_ENTRIES = 4096;

type Thunk = () => unknown;
type Stage = (previous: unknown, item: unknown, index: number) => unknown;

/** All thunks at once; resolves when all have ended, in the order given. */
export async function parallel(thunks?: unknown): Promise<unknown[]> {
  if (!Array.isArray(thunks)) throw new TypeError('parallel() expects an array of functions');
  const entries = copied(thunks, 'parallel');
  if (!entries.every((entry): entry is Thunk => typeof entry === 'function')) {
    throw new TypeError(
      'parallel() expects an array of functions, not promises or values. Wrap each call: () => agent(...)',
    );
  }
  return await Promise.all(
    entries.map((thunk, index) => orNull(`parallel[${index}]`, async () => await thunk())),
  );
}

/** Each item goes through the stages on its own, without waiting for the others. */
export async function pipeline(items?: unknown, ...stages: unknown[]): Promise<unknown[]> {
  if (!Array.isArray(items)) throw new TypeError('pipeline() expects an array of items, then its stages');
  const entries = copied(items, 'pipeline');
  if (!stages.every((stage): stage is Stage => typeof stage === 'function')) {
    throw new TypeError(
      'pipeline() stages must be functions: pipeline(items, (item) => ..., (previous) => ...)',
    );
  }
  return await Promise.all(
    entries.map((item, index) =>
      orNull(`pipeline[${index}]`, async () => await throughStages(item, index, stages)),
    ),
  );
}

async function throughStages(item: unknown, index: number, stages: readonly Stage[]): Promise<unknown> {
  let previous = await item;
  for (const stage of stages) {
    previous = await stage(previous, item, index);
    // `null` is what a failed agent gives: there is nothing to go on with. `undefined` is a value like any other.
    if (previous === null) return null;
  }
  return previous;
}

async function orNull(name: string, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (thrown) {
    // The author never sees it here: the run itself has to know that a cap kept work from being done.
    if (isCapError(thrown)) post('capped', 0, 'null');
    log(`${name} failed: ${messageOf(thrown)}`);
    return null;
  }
}

/** By index: the array is the script's own and may be a Proxy or iterate as it likes. */
function copied(entries: readonly unknown[], caller: string): unknown[] {
  const { length } = entries;
  if (length > MAX_ENTRIES) {
    throw new Error(
      `${caller}() takes at most ${MAX_ENTRIES} entries, not ${length}: work through them in slices`,
    );
  }
  return Array.from({ length }, (_, index) => entries[index]);
}
