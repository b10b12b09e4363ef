/** The part of the web's `Response` that the SDK reads. Its body is a generator, not a web stream: those take their time to load. */
import type { HttpHeaders } from './http-headers.ts';

export type HttpBody = AsyncGenerator<Uint8Array, void, undefined>;

export interface HttpResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: HttpHeaders;
}

export class HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: HttpHeaders;
  /** To be read once. Ending it early gives the connection up. */
  readonly body: HttpBody;

  constructor({ status, statusText, url, headers }: HttpResponseHead, body: HttpBody) {
    this.status = status;
    this.statusText = statusText;
    this.url = url;
    this.headers = headers;
    this.body = body;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  async text(): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.body) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}
