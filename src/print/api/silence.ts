/**
 * Notices a connection that is open and says nothing. It sits below the SDK, since that keeps the API's pings to itself: a
 * model that thinks for minutes pings all the while, a stalled connection does not.
 */
import type { Clock } from '../../core/ports.ts';
import { type HttpBody, HttpResponse } from './http-response.ts';

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

type Fetch = (...request: Parameters<typeof fetch>) => Promise<Response | HttpResponse>;

/** `inner`, but what stalls fails: the request, or the reading of its answer, rejects with `Stalled`. */
export function watchedFetch(inner: Fetch, clock: Clock): typeof fetch {
  const watching: Fetch = async (input, init) => {
    const controller = new AbortController();
    const stop = clock.after(LONGEST_WAIT_MS, () => controller.abort(new Stalled(LONGEST_WAIT_MS)));
    const given = init?.signal;
    const signal = given ? AbortSignal.any([given, controller.signal]) : controller.signal;
    try {
      const response = await inner(input, { ...init, signal });
      if (response instanceof HttpResponse) {
        return new HttpResponse(response, watchedPieces(response.body, clock, controller));
      }
      if (response.body === null) return response;
      return new Response(watched(response.body, clock), response);
    } finally {
      stop();
    }
  };
  // All that the SDK reads of a response is in both kinds of it.
  return watching as typeof fetch;
}

async function* watchedPieces(body: HttpBody, clock: Clock, connection: AbortController): HttpBody {
  try {
    while (true) {
      const piece = await inTime(body.next(), clock);
      if (piece.done === true) return;
      yield piece.value;
    }
  } catch (error) {
    // The socket is closed with it: to be told to return, a body that waits would have to be asked first.
    connection.abort(error);
    throw error;
  } finally {
    // Nobody waits for that.
    body.return().catch(() => {});
  }
}

async function inTime<T>(next: Promise<T>, clock: Clock): Promise<T> {
  let stop = (): void => {};
  const silence = new Promise<never>((_resolve, reject) => {
    stop = clock.after(LONGEST_SILENCE_MS, () => reject(new Stalled(LONGEST_SILENCE_MS)));
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    stop();
  }
}

function watched(body: ReadableStream<Uint8Array>, clock: Clock): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const piece = await inTime(reader.read(), clock);
        if (piece.done) controller.close();
        else controller.enqueue(piece.value);
      } catch (error) {
        controller.error(error);
        // The socket is closed with it; nobody waits for that.
        reader.cancel(error).catch(() => {});
      }
    },
    async cancel(reason) {
      await reader.cancel(reason);
    },
  });
}
