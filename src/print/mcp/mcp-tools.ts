/** Connects to MCP servers and offers their tools as the session's own, through the protocol's own SDK. Loaded where a server is named. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { VERSION } from '../../core/program.ts';
import { type Tool, type ToolResult, toolError } from '../tools/tool.ts';
import type { McpServer } from './mcp-config.ts';

export interface McpConnections extends Disposable {
  readonly tools: readonly Tool[];
  /** For the `init` event. */
  readonly servers: readonly { readonly name: string; readonly status: 'connected' | 'failed' }[];
  /** For stderr: what could not be reached, and why. */
  readonly warnings: readonly string[];
}

const CONNECT_MS = 30_000;
/** A tool of a server may take its time: only an interruption ends it sooner. */
const CALL_MS = 24 * 60 * 60 * 1000;
/** What a model is shown of one result. */
const MAX_RESULT_CHARACTERS = 100_000;

/** A server that cannot be reached costs its tools, not the session. */
export async function connectMcp(servers: readonly McpServer[], cwd: string): Promise<McpConnections> {
  const clients: Client[] = [];
  const connected = await Promise.all(
    servers.map(async (server) => {
      const client = new Client({ name: 'andwait-print', version: VERSION });
      try {
        await client.connect(transportTo(server, cwd), { timeout: CONNECT_MS });
        clients.push(client);
        const { tools } = await client.listTools(undefined, { timeout: CONNECT_MS });
        return { name: server.name, tools: tools.map((tool) => toolOf(server.name, tool, client)) };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        void client.close().catch(() => {});
        return { name: server.name, tools: [], why };
      }
    }),
  );
  return {
    tools: connected.flatMap(({ tools }) => tools),
    servers: connected.map(({ name, why }) => ({ name, status: why === undefined ? 'connected' : 'failed' })),
    warnings: connected.flatMap(({ name, why }) =>
      why === undefined
        ? []
        : [`Warning: the MCP server ${name} cannot be reached, its tools are missing: ${why}`],
    ),
    [Symbol.dispose]() {
      // Ends in the background: the server is told, then waited for, then killed.
      for (const client of clients) void client.close().catch(() => {});
    },
  };
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

type ListedTool = Awaited<ReturnType<Client['listTools']>>['tools'][number];

export function mcpToolName(server: string, tool: string): string {
  const plain = (name: string): string => name.replace(/[^a-zA-Z0-9_-]/g, '_');
  return `mcp__${plain(server)}__${plain(tool)}`;
}

function toolOf(server: string, listed: ListedTool, client: Client): Tool {
  const { name, description = '', inputSchema, annotations } = listed;
  return {
    spec: { name: mcpToolName(server, name), description, inputSchema: inputSchema as JsonObject },
    isReadOnly: annotations?.readOnlyHint === true,
    async run(input, { signal }) {
      const given = isJsonObject(input) ? { ...input } : {};
      try {
        const call = client.callTool({ name, arguments: given }, undefined, { signal, timeout: CALL_MS });
        return resultOf((await call) as JsonObject);
      } catch (error) {
        signal.throwIfAborted();
        return toolError(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

function resultOf({ content, isError }: JsonObject): ToolResult {
  const blocks = (Array.isArray(content) ? content.filter(isJsonObject) : []).map(blockOf);
  return { content: blocks, isError: isError === true, forPrograms: blocks as Json };
}

/** The API knows text and pictures; anything else is shown as the text it is. */
function blockOf(part: JsonObject): JsonObject {
  const { type, text, data, mimeType } = part;
  if (type === 'image' && typeof data === 'string' && typeof mimeType === 'string') {
    return { type: 'image', source: { type: 'base64', media_type: mimeType, data } };
  }
  const shown = typeof text === 'string' ? text : JSON.stringify(part);
  return { type: 'text', text: shown === '' ? '(empty)' : cut(shown) };
}

function cut(text: string): string {
  if (text.length <= MAX_RESULT_CHARACTERS) return text;
  return `${text.slice(0, MAX_RESULT_CHARACTERS)}\n… (${text.length - MAX_RESULT_CHARACTERS} more characters are left out)`;
}
