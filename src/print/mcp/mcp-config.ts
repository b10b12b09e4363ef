/** How MCP servers are written down: one by one, and as `--mcp-config` gives them, files and JSON strings alike. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Environment } from '../../core/program.ts';

export type McpServer =
  | {
      readonly kind: 'stdio';
      readonly name: string;
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'http' | 'sse';
      readonly name: string;
      readonly url: URL;
      readonly headers: Readonly<Record<string, string>>;
    };

export type McpConfigReading =
  | { readonly kind: 'ok'; readonly servers: readonly McpServer[] }
  | { readonly kind: 'bad'; readonly message: string };

const INVALID = 'Error: Invalid MCP configuration:\n';

/** Its message is for a person. */
export class Bad extends Error {
  override readonly name = 'Bad';
}

/** Of two servers of one name the later counts. */
export async function readMcpConfigs(
  configs: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Environment },
): Promise<McpConfigReading> {
  const servers = new Map<string, McpServer>();
  try {
    for (const config of configs) {
      const table = tableIn(await textOf(config, cwd), config);
      for (const [name, entry] of Object.entries(table)) servers.set(name, serverOf(name, entry, env));
    }
    return { kind: 'ok', servers: [...servers.values()] };
  } catch (error) {
    if (error instanceof Bad) return { kind: 'bad', message: `${INVALID}${error.message}` };
    throw error;
  }
}

async function textOf(config: string, cwd: string): Promise<string> {
  if (config.trim().startsWith('{')) return config;
  const file = path.resolve(cwd, config);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new Bad(
      code === 'ENOENT'
        ? `MCP config file not found: ${file}`
        : `MCP config file ${file} cannot be read (${String(code)})`,
    );
  }
}

function tableIn(text: string, config: string): JsonObject {
  const shown = config.length > 80 ? `${config.slice(0, 80)}…` : config;
  try {
    const value: unknown = JSON.parse(text);
    const table = isJsonObject(value) ? value['mcpServers'] : undefined;
    if (isJsonObject(table)) return table;
  } catch (error) {
    throw new Bad(`${shown}: no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new Bad(
    `${shown}: expected {"mcpServers": {"<name>": {"command": …} or {"type": "http", "url": …}}}`,
  );
}

/** Throws `Bad`. */
export function serverOf(name: string, entry: Json, env: Environment): McpServer {
  const { type, command, args, url, headers, env: own }: JsonObject = isJsonObject(entry) ? entry : {};
  if (type === 'http' || type === 'sse') {
    const address = typeof url === 'string' ? expanded(url, env) : '';
    if (!URL.canParse(address))
      throw new Bad(`${name}: "url" is ${JSON.stringify(url)}, which is no address`);
    return { kind: type, name, url: new URL(address), headers: textsIn(headers, env) };
  }
  if (typeof command !== 'string' || command === '' || (type !== undefined && type !== 'stdio')) {
    throw new Bad(
      `${name}: expected a "command", or "type": "http" or "sse" with a "url", got ${JSON.stringify(entry)}`,
    );
  }
  const words = Array.isArray(args) ? args.map((word) => expanded(String(word), env)) : [];
  return { kind: 'stdio', name, command: expanded(command, env), args: words, env: textsIn(own, env) };
}

function textsIn(table: Json | undefined, env: Environment): Record<string, string> {
  if (!isJsonObject(table)) return {};
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, expanded(String(value), env)]));
}

/** `${NAME}` and `${NAME:-otherwise}`, as in the real program's files. */
function expanded(text: string, env: Environment): string {
  return text.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (whole, name: string, otherwise: string | undefined) => env[name] ?? otherwise ?? whole,
  );
}
