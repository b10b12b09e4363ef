/** Connects to MCP servers and offers their tools as the session's own, through the protocol's own SDK. Loaded where a server is named. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type Tool, type ToolResult, toolError } from '../tools/tool.ts';
import type { McpServer } from './mcp-config.ts';
import { type ListedTool, McpConnection, type McpPlace } from './mcp-connection.ts';
import { resultBlocks } from './result-blocks.ts';

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
        const why = error instanceof Error ? error.message : String(error);
        // The server words it, and it goes to a terminal.
        return { name, tools: [], why: why.replace(/\p{Cc}+/gu, ' ').slice(0, 1000) };
      }
    }),
  );
  const { tools, warnings } = takenByApi(connected.flatMap(({ tools: listed }) => listed));
  return {
    tools,
    servers: connected.map(({ name, why }) => ({ name, status: why === undefined ? 'connected' : 'failed' })),
    warnings: [
      ...connected.flatMap(({ name, why }) =>
        why === undefined
          ? []
          : [`Warning: the MCP server ${name} cannot be reached, its tools are missing: ${why}`],
      ),
      ...warnings,
    ],
    [Symbol.dispose]() {
      for (const connection of connections) connection.close();
    },
  };
}

const MAX_NAME_LENGTH = 128;
/** As measured. */
const MAX_DESCRIPTION_LENGTH = 4096;

/** The API refuses every request with a name that is there twice, or too long: one such tool would cost the session. */
function takenByApi(tools: readonly McpTool[]): Pick<McpConnections, 'tools' | 'warnings'> {
  const byName = new Map<string, McpTool>();
  const warnings: string[] = [];
  for (const tool of tools) {
    const { name } = tool.spec;
    const isTooLong = name.length > MAX_NAME_LENGTH;
    if (!isTooLong && !byName.has(name)) byName.set(name, tool);
    else {
      const why = isTooLong ? `is longer than ${MAX_NAME_LENGTH} characters` : 'is there twice';
      warnings.push(`Warning: a tool of an MCP server is left out, its name ${why}: ${name.slice(0, 200)}`);
    }
  }
  return { tools: [...byName.values()], warnings };
}

export function mcpToolName(server: string, tool: string): string {
  const plain = (name: string): string => name.replace(/[^a-zA-Z0-9_-]/g, '_');
  return `mcp__${plain(server)}__${plain(tool)}`;
}

function toolOf(server: string, listed: ListedTool, connection: McpConnection): McpTool {
  const { name, description = '', inputSchema, annotations } = listed;
  const call: McpCall = async (given, signal) => await connection.call(name, given, signal);
  return {
    spec: {
      name: mcpToolName(server, name),
      description: description.slice(0, MAX_DESCRIPTION_LENGTH),
      inputSchema: inputSchema as JsonObject,
    },
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
  const blocks = resultBlocks(content);
  return { content: blocks, isError: isError === true, forPrograms: blocks as Json };
}
