/**
 * A Messages API on loopback that a test steers: it waits for the request it expects, looks at it, and says what is
 * answered. What no test has queued is answered by the markers in the prompt.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import { type Dialect, dialectOf } from './fake-messages-dialect.ts';
import { type FailureCounts, promptOf, replyByMarkers } from './fake-messages-markers.ts';
import { type ReplyBuilder, type ReplyScript, reply } from './fake-messages-reply.ts';
import { sendReply } from './fake-messages-wire.ts';

export { reply };

/** One request as it came. */
export interface FakeRequest {
  /** From 1, in order of arrival. */
  readonly n: number;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
  readonly prompt: string;
  readonly messages: readonly JsonObject[];
  readonly toolNames: readonly string[];
  /** Settles when the client has closed the connection before the answer was whole. */
  readonly abandoned: Promise<void>;
  /** The answer, when the API was told to `hold` requests. */
  answer(reply: ReplyBuilder): void;
}

/** What an account may ask for; the rest is refused with 429. */
export interface ApiLimits {
  readonly atOnce: number;
  readonly perMinute: number;
  readonly retryAfterSeconds: number;
}

export class FakeMessagesApi implements AsyncDisposable {
  readonly requests: FakeRequest[] = [];
  readonly #server = createServer((request, response) => void this.#receive(request, response));
  readonly #queue: ReplyBuilder[] = [];
  readonly #failures: FailureCounts = new Map();
  readonly #waiting: { readonly n: number; readonly resolve: (request: FakeRequest) => void }[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #holding = false;
  #limits: ApiLimits | undefined;
  #limited = 0;
  readonly #servedAt: number[] = [];
  #active = 0;
  #peak = 0;

  static async start(): Promise<FakeMessagesApi> {
    const api = new FakeMessagesApi();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The most requests that were unanswered at once. */
  get peak(): number {
    return this.#peak;
  }

  /** Requests that were refused for the limits. */
  get limited(): number {
    return this.#limited;
  }

  /** What a child needs to talk to this API and to nothing else. */
  env(home: string): Record<string, string> {
    return { ANTHROPIC_BASE_URL: this.url, ANTHROPIC_API_KEY: 'test-key', HOME: home };
  }

  /** The next requests that come get these replies, in this order. */
  queue(...replies: readonly ReplyBuilder[]): this {
    this.#queue.push(...replies);
    return this;
  }

  /** From now on a request that has no queued reply waits for its `answer`. */
  hold(): this {
    this.#holding = true;
    return this;
  }

  limit(limits: ApiLimits): this {
    this.#limits = limits;
    return this;
  }

  /** Resolves with the n-th request, from 1, once it has come whole. */
  async request(n: number): Promise<FakeRequest> {
    const seen = this.requests[n - 1];
    if (seen !== undefined) return seen;
    return await new Promise((resolve) => this.#waiting.push({ n, resolve }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const dialect = dialectOf(incoming.url ?? '');
    if (incoming.method !== 'POST' || dialect === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"type":"error","error":{"type":"not_found_error","message":"no such path here"}}');
      return;
    }
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (!isJsonObject(body)) throw new Error(`the client sent a body that is no object: ${String(body)}`);
    this.#serve(incoming, response, { model: dialect.model ?? null, ...body }, dialect);
  }

  #serve(incoming: IncomingMessage, response: ServerResponse, body: JsonObject, dialect: Dialect): void {
    const messages = objectsOf(body['messages']);
    const n = this.requests.length + 1;
    this.#peak = Math.max(this.#peak, ++this.#active);
    response.once('close', () => void this.#active--);
    const request: FakeRequest = {
      n,
      path: incoming.url ?? '',
      headers: incoming.headers,
      body,
      prompt: promptOf(messages),
      messages,
      toolNames: objectsOf(body['tools']).map((tool) => String(tool['name'])),
      abandoned: new Promise((resolve) => {
        response.once('close', () => response.writableFinished || resolve());
      }),
      answer: (reply) =>
        this.#send(reply.script(), (script) => sendReply(response, script, { n, body, dialect })),
    };
    this.requests.push(request);
    const queued = this.#refusal() ?? this.#queue.shift();
    if (queued !== undefined) request.answer(queued);
    else if (!this.#holding) {
      const { prompt } = request;
      request.answer(replyByMarkers({ prompt, messages, tools: objectsOf(body['tools']) }, this.#failures));
    }
    for (const waiter of this.#waiting.filter((entry) => entry.n === n)) waiter.resolve(request);
  }

  #refusal(): ReplyBuilder | undefined {
    if (this.#limits === undefined) return undefined;
    const { atOnce, perMinute, retryAfterSeconds } = this.#limits;
    const now = performance.now();
    while ((this.#servedAt[0] ?? now) < now - 60_000) this.#servedAt.shift();
    if (this.#active <= atOnce && this.#servedAt.length < perMinute) {
      this.#servedAt.push(now);
      return undefined;
    }
    this.#limited += 1;
    return reply().status(429, { headers: { 'retry-after': String(retryAfterSeconds) } });
  }

  #send(script: ReplyScript, send: (script: ReplyScript) => void): void {
    if (script.delayMs === 0) {
      send(script);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send(script);
    }, script.delayMs);
    this.#timers.add(timer);
  }
}

function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
