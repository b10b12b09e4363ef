/** A real server on loopback: what matters is how sockets begin, break and end. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { httpFetch } from '../../../../src/print/api/http-fetch.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** The address of a server that answers so, request by request; the last one goes on. */
async function serving(...answers: Answer[]): Promise<string> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response, Buffer.concat(pieces).toString('utf8'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const says =
  (text: string): Answer =>
  (_request, response) =>
    void response.end(text);
const post = (body: string, signal?: AbortSignal) => ({
  method: 'POST',
  headers: new Headers({ 'x-key': 'k' }),
  body,
  ...(signal === undefined ? {} : { signal }),
});

test('sends what it is given, and gives what is answered', async () => {
  const url = await serving(({ method, headers, url: path }, response, body) => {
    response.writeHead(201, 'Made', { 'x-a': ['1', '2'] });
    response.end(
      JSON.stringify({ method, path, key: headers['x-key'], length: headers['content-length'], body }),
    );
  });
  const response = await httpFetch(url, post('é'));
  expect([response.status, response.statusText, response.ok, response.url]).toEqual([201, 'Made', true, url]);
  expect(response.headers.get('X-A')).toBe('1, 2');
  expect(await response.json()).toEqual({ method: 'POST', path: '/v1', key: 'k', length: '2', body: 'é' });
});

test('an answer comes piece by piece', async () => {
  let go = (): void => {};
  const url = await serving((_request, response) => {
    response.write('first');
    go = () => void response.end('second');
  });
  const { body } = await httpFetch(url);
  const pieces: string[] = [];
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    pieces.push(Buffer.from(piece).toString());
    go();
  }
  expect(pieces).toEqual(['first', 'second']);
});

test.each<[string, (text: string) => Buffer]>([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  [' BR', brotliCompressSync],
  ['Identity', Buffer.from],
])('coded as %j although plain bytes were asked for', async (coding, coded) => {
  const url = await serving(({ headers }, response) => {
    response.writeHead(200, { 'content-encoding': coding });
    response.end(coded(`asked for ${headers['accept-encoding']}`));
  });
  expect(await (await httpFetch(url)).text()).toBe('asked for identity');
});

test('sent on to somewhere else, with what it said', async () => {
  const there = await serving(
    ({ headers }, response, body) => void response.end(`${headers['x-key']} ${body}`),
  );
  const here = await serving((_request, response) => void response.writeHead(307, { location: there }).end());
  expect(await (await httpFetch(here, post('hello'))).text()).toBe('k hello');
});

test('nobody there', async () => {
  const refused = httpFetch('http://127.0.0.1:1/');
  await expect(refused).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNREFUSED' } });
  await expect(refused).rejects.toBeInstanceOf(TypeError);
});

test.each<[string, string, Record<string, string>]>([
  ['an address that is none', 'nowhere', {}],
  ['a header that is none', 'http://127.0.0.1:1/', { 'x-key': 'a\nb' }],
])('%s fails without a cause: it would fail again', async (_name, url, headers) => {
  const failure = await httpFetch(url, { headers }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TypeError);
  expect((failure as Error).cause).toBeUndefined();
  expect(String(failure)).not.toContain('a\nb');
});

test('an answer that breaks off', async () => {
  const url = await serving((_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.socket?.resetAndDestroy());
  });
  const reading = (await httpFetch(url)).text();
  await expect(reading).rejects.toMatchObject({ message: 'terminated', cause: { code: 'ECONNRESET' } });
});

test('given up before and while it is answered, with the reason', async () => {
  let arrived = (): void => {};
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const url = await serving(
    () => arrived(),
    (_request, response) => void response.write('half'),
  );
  const early = new AbortController();
  const waiting = httpFetch(url, post('x', early.signal));
  waiting.catch(() => {});
  await arrival;
  early.abort(new Error('early'));
  await expect(waiting).rejects.toThrow('early');
  const late = new AbortController();
  const response = await httpFetch(url, post('y', late.signal));
  const reading = response.text();
  late.abort(new Error('late'));
  await expect(reading).rejects.toThrow('late');
  await expect(httpFetch(url, post('z', late.signal))).rejects.toThrow('late');
});

test('a reader that stops ends the connection', async () => {
  let socket: Socket | undefined;
  const url = await serving(({ socket: used }, response) => {
    socket = used;
    response.write('first');
  });
  for await (const _piece of (await httpFetch(url)).body as AsyncIterable<Uint8Array>) break;
  if (socket?.destroyed !== true) await once(socket as Socket, 'close');
  expect(socket?.destroyed).toBe(true);
});

test('a kept connection that is closed just as it is used again is no failure', async () => {
  const sockets: Socket[] = [];
  const seen =
    (answer: Answer): Answer =>
    (request, response, body) => {
      sockets.push(request.socket);
      answer(request, response, body);
    };
  const reset: Answer = ({ socket }) => void socket.resetAndDestroy();
  const url = await serving(seen(says('one')), seen(reset), seen(says('two')));
  expect(await (await httpFetch(url, post('1'))).text()).toBe('one');
  expect(await (await httpFetch(url, post('2'))).text()).toBe('two');
  expect(sockets).toHaveLength(3);
  expect(sockets[1]).toBe(sockets[0]);
});

test('a new connection that is closed is a failure', async () => {
  const url = await serving(({ socket }) => void socket.resetAndDestroy());
  await expect(httpFetch(url, post('1'))).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
});
