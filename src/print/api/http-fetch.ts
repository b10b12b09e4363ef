/**
 * `fetch` over Node's plain HTTP client, for a model's API: a request with a text, an answer that streams. Node's own
 * `fetch` costs 200 ms of CPU and 40 MB before its first byte, which is more than all the rest of a small call.
 */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { decodedBody } from '../decoded-body.ts';
import { HttpHeaders } from './http-headers.ts';
import { type HttpBody, HttpResponse } from './http-response.ts';

type Input = Parameters<typeof fetch>[0];
type Init = NonNullable<Parameters<typeof fetch>[1]>;

/** Rejects as `fetch` does: `TypeError: fetch failed` with the system's error as its cause, or the signal's reason. */
export async function httpFetch(input: Input, init: Init = {}): Promise<HttpResponse | Response> {
  const { body = null, headers } = init;
  if (body !== null && typeof body !== 'string') return await fetch(input, init);
  const order = {
    url: new URL(input instanceof URL ? input : String(input)),
    method: init.method ?? 'GET',
    headers: new HttpHeaders((headers ?? null) as ConstructorParameters<typeof HttpHeaders>[0]),
    body,
    signal: init.signal ?? undefined,
  };
  const incoming = await answerTo(order);
  if (isRedirect(incoming)) {
    // Rare enough for the one that knows which headers may follow where.
    incoming.destroy();
    return await fetch(input, init);
  }
  return new HttpResponse(
    {
      status: incoming.statusCode ?? 0,
      statusText: incoming.statusMessage ?? '',
      url: order.url.href,
      headers: headersOf(incoming),
    },
    piecesOf(incoming, order.signal),
  );
}

interface Order {
  readonly url: URL;
  readonly method: string;
  readonly headers: HttpHeaders;
  readonly body: string | null;
  readonly signal: AbortSignal | undefined;
}

/** A connection kept from an earlier turn may be closed by the other side at the very moment it is used again. */
async function answerTo(order: Order): Promise<IncomingMessage> {
  const first = await begin(order, {});
  try {
    return await headOf(first, order);
  } catch (error) {
    if (!(first.reusedSocket && isReset(error))) throw error;
    return await headOf(await begin(order, { agent: false }), order);
  }
}

async function begin({ url, method, headers }: Order, more: RequestOptions): Promise<ClientRequest> {
  // Not imported above: only one of them is needed.
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const named = { 'accept-encoding': 'identity', ...Object.fromEntries(headers) };
  return request(url, { method, headers: named, ...more });
}

async function headOf(request: ClientRequest, { body, signal }: Order): Promise<IncomingMessage> {
  const abort = (): void => void request.destroy(signal?.reason);
  return await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    // After the answer has begun its body tells of what goes wrong.
    request.on('error', (error) => reject(signal?.aborted === true ? signal.reason : failed(error)));
    request.once('close', () => signal?.removeEventListener('abort', abort));
    if (signal?.aborted === true) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    request.end(body ?? undefined);
  });
}

function failed(cause: Error): TypeError {
  return new TypeError('fetch failed', { cause });
}

function isReset(error: unknown): boolean {
  const cause = error instanceof TypeError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET';
}

function isRedirect({ statusCode = 0, headers }: IncomingMessage): boolean {
  return statusCode > 300 && statusCode < 400 && headers.location !== undefined;
}

function headersOf({ rawHeaders }: IncomingMessage): HttpHeaders {
  const headers = new HttpHeaders();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  }
  return headers;
}

/** As `fetch` tells of an answer that breaks off: `TypeError: terminated`, or the signal's reason. */
async function* piecesOf(incoming: IncomingMessage, signal: AbortSignal | undefined): HttpBody {
  try {
    // We ask for plain bytes; a gateway may compress all the same.
    yield* await decodedBody(incoming);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new TypeError('terminated', { cause });
  }
}
