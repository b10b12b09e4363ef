/** One MCP server for as long as the session: connected once, started again at the next call when it has died. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JsonObject } from '../../core/json.ts';
import { VERSION } from '../../core/program.ts';
import type { McpServer } from './mcp-config.ts';

export interface McpLimits {
  readonly startMs: number;
  readonly callMs: number;
}

export interface McpPlace extends McpLimits {
  readonly cwd: string;
}

export type ListedTool = Awaited<ReturnType<Client['listTools']>>['tools'][number];

/** As measured: a list may be endless. */
const MAX_PAGES = 20;

export class McpConnection {
  readonly #server: McpServer;
  readonly #place: McpPlace;
  #client: Promise<Client> | undefined;
  #isDisposed = false;

  constructor(server: McpServer, place: McpPlace) {
    this.#server = server;
    this.#place = place;
  }

  /** As they are at the start: a session offers the same tools from its first request to its last. */
  async tools(): Promise<readonly ListedTool[]> {
    const client = await this.#connected();
    const timeout = this.#place.startMs;
    const page = await client.listTools(undefined, { timeout });
    const tools = [...page.tools];
    for (
      let { nextCursor: cursor } = page, pages = 1;
      cursor !== undefined && pages < MAX_PAGES;
      pages += 1
    ) {
      const next = await client.listTools({ cursor }, { timeout });
      tools.push(...next.tools);
      cursor = next.nextCursor;
    }
    return tools;
  }

  /** Rejects for what the server does; a call that it died of is not made again. */
  async call(name: string, given: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    const client = await this.#connected();
    const request = { name, arguments: { ...given } };
    return (await client.callTool(request, undefined, {
      signal,
      timeout: this.#place.callMs,
    })) as JsonObject;
  }

  /** Ends in the background: the server is told, then waited for, then killed. */
  close(): void {
    this.#isDisposed = true;
    void this.#client?.then(async (client) => await client.close()).catch(() => {});
  }

  async #connected(): Promise<Client> {
    if (this.#isDisposed) throw new Error('The session has ended');
    if (this.#client !== undefined) return await this.#client;
    const client = new Client({ name: 'andwait-print', version: VERSION });
    const connecting = this.#connect(client);
    const forget = (): void => {
      if (this.#client === connecting) this.#client = undefined;
    };
    client.onclose = forget;
    this.#client = connecting;
    connecting.catch(forget);
    return await connecting;
  }

  async #connect(client: Client): Promise<Client> {
    try {
      await client.connect(transportTo(this.#server, this.#place.cwd), { timeout: this.#place.startMs });
      return client;
    } catch (error) {
      void client.close().catch(() => {});
      throw error;
    }
  }
}

function transportTo(server: McpServer, cwd: string): Transport {
  if (server.kind === 'stdio') {
    const { command, args, env } = server;
    const own = Object.keys(env).length === 0 ? {} : { env: { ...env } };
    return new StdioClientTransport({ command, args: [...args], cwd, stderr: 'ignore', ...own });
  }
  const options = { requestInit: { headers: { ...server.headers } } };
  // The SDK's own types do not agree with each other on what may be `undefined`.
  return server.kind === 'sse'
    ? new SSEClientTransport(server.url, options)
    : (new StreamableHTTPClientTransport(server.url, options) as Transport);
}
