/** Connects to MCP servers and offers their tools as the session's own, through the protocol's own SDK. Loaded where a server is named. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type Tool, type ToolResult, toolError } from '../tools/tool.ts';
import type { McpServer } from './mcp-config.ts';
import { type ListedTool, McpConnection, type McpPlace } from './mcp-connection.ts';

/** Calls a tool and returns the answer as the server gave it. Rejects for what the server does. */
export type McpCall = (given: JsonObject, signal: AbortSignal) => Promise<JsonObject>;

export interface McpTool extends Tool {
  readonly call: McpCall;
}

export interface McpConnections extends Disposable {
  readonly tools: readonly McpTool[];
  /** For the `init` event. */
  readonly servers: readonly { readonly name: string; readonly status: 'connected' | 'failed' }[];
  /** For stderr: what could not be reached, and why. */
  readonly warnings: readonly string[];
}

/** What a model is shown of one result. */
const MAX_RESULT_CHARACTERS = 100_000;

/** A server that cannot be reached costs its tools, not the session. */
export async function connectMcp(servers: readonly McpServer[], place: McpPlace): Promise<McpConnections> {
  const connections = servers.map((server) => new McpConnection(server, place));
  const connected = await Promise.all(
    servers.map(async ({ name }, index) => {
      const connection = connections[index];
      try {
        const tools = (await connection?.tools()) ?? [];
        return { name, tools: tools.flatMap((tool) => (connection ? toolOf(name, tool, connection) : [])) };
      } catch (error) {
        connection?.close();
        return { name, tools: [], why: error instanceof Error ? error.message : String(error) };
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
      for (const connection of connections) connection.close();
    },
  };
}

export function mcpToolName(server: string, tool: string): string {
  const plain = (name: string): string => name.replace(/[^a-zA-Z0-9_-]/g, '_');
  return `mcp__${plain(server)}__${plain(tool)}`;
}

function toolOf(server: string, listed: ListedTool, connection: McpConnection): McpTool {
  const { name, description = '', inputSchema, annotations } = listed;
  const call: McpCall = async (given, signal) => await connection.call(name, given, signal);
  return {
    spec: { name: mcpToolName(server, name), description, inputSchema: inputSchema as JsonObject },
    isReadOnly: annotations?.readOnlyHint === true,
    call,
    async run(input, { signal }) {
      try {
        return resultOf(await call(isJsonObject(input) ? input : {}, signal));
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
