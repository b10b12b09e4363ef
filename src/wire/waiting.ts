/** Waits by the program's own clock. None but a plain `elapsed` leaves a timer behind: it would keep the process alive. */
import type { Clock } from '../core/ports.ts';

export function elapsed(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export function elapsedOr(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const onAbort = (): void => {
      cancel();
      resolve();
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** What `work` comes to; after `ms` without that, what `late` returns or throws. `work` goes on, unheard. */
export async function withinTime<T, Late>(
  work: Promise<T>,
  ms: number,
  clock: Clock,
  late: () => Late,
): Promise<T | Late> {
  let cancel = (): void => {};
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  try {
    return await Promise.race([work, over.then(late)]);
  } finally {
    cancel();
  }
}

/**
 * Resolves with `work`, or after `ms`: then once what is ready to be read by now has been read. A busy process runs its
 * timers before it reads: only after one more look at its pipes is quiet really quiet.
 */
export async function withinQuiet(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  let cancel = (): void => {};
  const quiet = new Promise<void>((resolve) => {
    cancel = clock.after(ms, () => setImmediate(resolve));
  });
  await Promise.race([work, quiet]);
  cancel();
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
