/** Gets what an address of the web answers, as far as time and size allow. Redirects that lead to another host are for the model to follow, or not. */
import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../../../core/ports.ts';
import { VERSION } from '../../../core/program.ts';
import { decodedBody } from '../../decoded-body.ts';
import { ToolFailure } from '../typed-tool.ts';
import { InsideAddress, isInside, literalAddress, outsideLookup } from './web-address.ts';

export interface WebOrder {
  readonly url: URL;
  /** A rule names this very host: it is meant, wherever it lies. */
  readonly isNamed: (url: URL) => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export type WebAnswer =
  | {
      readonly kind: 'page';
      readonly status: number;
      readonly statusText: string;
      readonly contentType: string;
      /** Empty unless it was a success. */
      readonly body: Buffer;
    }
  | { readonly kind: 'redirect'; readonly status: number; readonly statusText: string; readonly to: string };

const TIME_LIMIT_MS = 60_000;
const MAX_BYTES = 10_000_000;
const MAX_REDIRECTS = 10;

const HEADERS = {
  accept: 'text/markdown, text/html, */*',
  'accept-encoding': 'gzip, deflate, br',
  'user-agent': `andwait-print/${VERSION}`,
};

/** Rejects with `ToolFailure` for what the web is like, with the signal's reason when that is aborted. */
export async function webAnswer(order: WebOrder): Promise<WebAnswer> {
  const limit = new AbortController();
  const cancel = order.clock.after(TIME_LIMIT_MS, () => limit.abort());
  const signal = AbortSignal.any([order.signal, limit.signal]);
  try {
    return await followed({ ...order, signal });
  } catch (error) {
    order.signal.throwIfAborted();
    if (limit.signal.aborted) {
      throw new ToolFailure(`${order.url.href} did not answer in full within ${TIME_LIMIT_MS / 1000} s`);
    }
    throw error;
  } finally {
    cancel();
  }
}

async function followed(order: WebOrder): Promise<WebAnswer> {
  let { url } = order;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await requested({ ...order, url });
    const { statusCode: status = 0, statusMessage: statusText = '', headers } = response;
    const to = headers.location;
    if (status < 300 || status > 399 || to === undefined) {
      const isSuccess = status >= 200 && status < 300;
      const body = isSuccess ? await bodyOf(response, url) : Buffer.alloc(0);
      response.destroy();
      return { kind: 'page', status, statusText, contentType: headers['content-type'] ?? '', body };
    }
    response.destroy();
    const target = URL.canParse(to, url.href) ? new URL(to, url) : undefined;
    const next = target && upgraded(target, order.isNamed);
    if (next === undefined || next.origin !== url.origin) {
      return { kind: 'redirect', status, statusText, to: target?.href ?? to };
    }
    url = next;
  }
  throw new ToolFailure(`${order.url.href} redirects more than ${MAX_REDIRECTS} times`);
}

/** Pages travel encrypted, but for a host that a rule names and that lies inside. */
export function upgraded(url: URL, isNamed: WebOrder['isNamed']): URL {
  const address = literalAddress(url);
  const isOwn = url.hostname === 'localhost' || (address !== undefined && isInside(address));
  if (url.protocol !== 'http:' || (isOwn && isNamed(url))) return url;
  const secure = new URL(url);
  secure.protocol = 'https:';
  return secure;
}

async function requested({ url, isNamed, signal }: WebOrder): Promise<http.IncomingMessage> {
  const named = isNamed(url);
  const address = literalAddress(url);
  if (!named && address !== undefined && isInside(address)) throw insideFailure(url, address);
  const request = (url.protocol === 'https:' ? https.request : http.request) as typeof http.request;
  try {
    return await new Promise((resolve, reject) => {
      // No agent: a connection that is kept would be one that nobody looked up.
      const options = { headers: HEADERS, agent: false, signal, ...(named ? {} : { lookup: outsideLookup }) };
      request(url, options, resolve).on('error', reject).end();
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof InsideAddress) throw insideFailure(url, error.message);
    throw new ToolFailure(`${url.href} cannot be fetched: ${messageOf(error)}`);
  }
}

function insideFailure(url: URL, where: string): ToolFailure {
  return new ToolFailure(
    `${where}, which lies inside of this machine or its network. WebFetch goes there only where a permission rule names the host: WebFetch(domain:${url.hostname})`,
  );
}

async function bodyOf(response: http.IncomingMessage, url: URL): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of await decodedBody(response)) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new ToolFailure(`${url.href} broke off: ${messageOf(error)}`);
  }
  if (bytes <= MAX_BYTES) return Buffer.concat(chunks);
  throw new ToolFailure(
    `${url.href} is larger than ${MAX_BYTES / 1e6} MB, which is more than WebFetch reads`,
  );
}

/** An error of several addresses at once has its causes, and no message. */
function messageOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}
