/**
 * Notices a connection that is open and says nothing. It sits below the SDK, since that keeps the API's pings to itself: a
 * model that thinks for minutes pings all the while, a stalled connection does not.
 */
import type { Clock } from '../../core/ports.ts';

/** Until the answer begins: a queue on the other side takes its time. */
const LONGEST_WAIT_MS = 300_000;
/** Between two pieces of an answer; the API pings far more often. */
const LONGEST_SILENCE_MS = 90_000;

export class Stalled extends Error {
  override readonly name = 'Stalled';
  constructor(ms: number) {
    super(`nothing came from the API for ${ms / 1000} s`);
  }
}

type Fetch = typeof fetch;

/** `inner`, but what stalls fails: the request, or the reading of its answer, rejects with `Stalled`. */
export function watchedFetch(inner: Fetch, clock: Clock): Fetch {
  return async (input, init) => {
    const controller = new AbortController();
    const stop = clock.after(LONGEST_WAIT_MS, () => controller.abort(new Stalled(LONGEST_WAIT_MS)));
    const given = init?.signal;
    const signal = given ? AbortSignal.any([given, controller.signal]) : controller.signal;
    try {
      const response = await inner(input, { ...init, signal });
      if (response.body === null) return response;
      return new Response(watched(response.body, clock), response);
    } finally {
      stop();
    }
  };
}

function watched(body: ReadableStream<Uint8Array>, clock: Clock): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let stop = (): void => {};
      const silence = new Promise<never>((_resolve, reject) => {
        stop = clock.after(LONGEST_SILENCE_MS, () => reject(new Stalled(LONGEST_SILENCE_MS)));
      });
      try {
        const piece = await Promise.race([reader.read(), silence]);
        if (piece.done) controller.close();
        else controller.enqueue(piece.value);
      } catch (error) {
        controller.error(error);
        // The socket is closed with it; nobody waits for that.
        reader.cancel(error).catch(() => {});
      } finally {
        stop();
      }
    },
    async cancel(reason) {
      await reader.cancel(reason);
    },
  });
}
