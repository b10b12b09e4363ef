import { expect, test } from 'vitest';
import { HttpHeaders } from '../../../../src/print/api/http-headers.ts';
import { HttpResponse } from '../../../../src/print/api/http-response.ts';
import { Stalled, watchedFetch } from '../../../../src/print/api/silence.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** A server that answers at once and then says what the test lets it say. */
function answering() {
  const clock = new ManualClock();
  let say: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled: unknown;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      say = controller;
    },
    cancel(reason) {
      cancelled = reason;
    },
  });
  const fetching = watchedFetch(
    async () => new Response(body, { status: 200, headers: { 'x-a': 'b' } }),
    clock,
  );
  return { clock, fetching, say: () => say, cancelled: () => cancelled };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('what comes in time is passed on, and nothing stays behind', async () => {
  const { clock, fetching, say } = answering();
  const response = await fetching('http://x');
  expect([response.status, response.headers.get('x-a')]).toEqual([200, 'b']);
  const text = response.text();
  await clock.timerSet(90_000);
  clock.advance(89_000);
  say()?.enqueue(bytes('a'));
  await clock.timerSet(90_000);
  clock.advance(89_000);
  say()?.enqueue(bytes('b'));
  say()?.close();
  expect(await text).toBe('ab');
  expect(clock.pending).toEqual([]);
});

test('an answer that falls silent fails, and its connection is given up', async () => {
  const { clock, fetching, say, cancelled } = answering();
  const reader = (await fetching('http://x')).body?.getReader();
  say()?.enqueue(bytes('half'));
  expect(await reader?.read()).toMatchObject({ done: false });
  const rest = reader?.read();
  rest?.catch(() => {});
  await clock.timerSet(90_000);
  clock.advance(90_000);
  await expect(rest).rejects.toThrow('nothing came from the API for 90 s');
  expect(cancelled()).toBeInstanceOf(Stalled);
});

test('an answer that never begins fails', async () => {
  const clock = new ManualClock();
  const fetching = watchedFetch(
    (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      }),
    clock,
  );
  const asked = fetching('http://x');
  asked.catch(() => {});
  clock.advance(300_000);
  await expect(asked).rejects.toThrow('nothing came from the API for 300 s');
});

test('the caller’s own end is passed on', async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const fetching = watchedFetch(async (_input, init) => {
    init?.signal?.throwIfAborted();
    return new Response(null);
  }, clock);
  controller.abort(new Error('enough'));
  await expect(fetching('http://x', { signal: controller.signal })).rejects.toThrow('enough');
  expect(clock.pending).toEqual([]);
});

test('a body that is no web stream is watched the same way', async () => {
  const clock = new ManualClock();
  let given: AbortSignal | null | undefined;
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    yield bytes('half');
    await new Promise<void>(() => {});
  }
  const fetching = watchedFetch(async (_input, init) => {
    given = init?.signal;
    const head = { status: 200, statusText: '', url: 'http://x', headers: new HttpHeaders() };
    return new HttpResponse(head, pieces());
  }, clock);
  const body = (await fetching('http://x')).body as unknown as AsyncGenerator<Uint8Array>;
  expect(await body.next()).toEqual({ done: false, value: bytes('half') });
  const rest = body.next();
  rest.catch(() => {});
  await clock.timerSet(90_000);
  clock.advance(90_000);
  await expect(rest).rejects.toThrow('nothing came from the API for 90 s');
  expect(given?.reason).toBeInstanceOf(Stalled);
  expect(clock.pending).toEqual([]);
});
