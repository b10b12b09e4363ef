/**
 * The MCP servers of a session: the user's own, those of the project's `.mcp.json` as far as somebody approved of them (a
 * repository is not to start programs because it was checked out), and those of the command line.
 */
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Environment } from '../../core/program.ts';
import { projectFolders } from '../../wire/files/project-folders.ts';
import { readRegularFile } from '../../wire/files/regular-file.ts';
import type { ProjectMcp } from '../settings/parse-settings.ts';
import { type PersonalPlaces, personalState } from '../settings/trust.ts';
import { Bad, type McpServer, readMcpConfigs, serverOf } from './mcp-config.ts';

export interface ServersRequest extends PersonalPlaces {
  readonly cwd: string;
  /** Whose `.mcp.json` is the project's. */
  readonly projectDir: string;
  readonly env: Environment;
  /** `--mcp-config`. */
  readonly configs: readonly string[];
  /** Nothing but those. */
  readonly isStrict: boolean;
  /** `undefined` is all there are. */
  readonly sources: readonly string[] | undefined;
  readonly approval: ProjectMcp;
}

export type ServersReading =
  | { readonly kind: 'ok'; readonly servers: readonly McpServer[]; readonly warnings: readonly string[] }
  | { readonly kind: 'bad'; readonly message: string };

const MAX_BYTES = 1_000_000;

/** Measured: of two of one name that of the command line counts, then that of the user for this project, of the project, of the user. */
export async function readServers(request: ServersRequest): Promise<ServersReading> {
  const given = await readMcpConfigs(request.configs, request);
  if (given.kind === 'bad') return given;
  const servers = new Map<string, McpServer>();
  const warnings: string[] = [];
  if (!request.isStrict) {
    for (const table of await tablesFor(request, warnings)) {
      for (const [name, entry] of Object.entries(table.entries)) {
        const server = serverIn(table.from, name, entry, request.env, warnings);
        if (server !== undefined) servers.set(name, server);
      }
    }
  }
  for (const server of given.servers) servers.set(server.name, server);
  return { kind: 'ok', servers: [...servers.values()], warnings };
}

interface Table {
  /** For messages. */
  readonly from: string;
  readonly entries: JsonObject;
}

async function tablesFor(request: ServersRequest, warnings: string[]): Promise<Table[]> {
  const counts = (source: string): boolean => request.sources?.includes(source) ?? true;
  const state = (await personalState(request)) ?? { file: '', value: {} };
  const projects = state.value['projects'];
  const here = path.resolve(request.projectDir);
  const own = isJsonObject(projects) && Object.hasOwn(projects, here) ? projects[here] : undefined;
  const project = isJsonObject(own) ? own : {};
  const table = (entries: Json | undefined): Table => ({
    from: state.file,
    entries: isJsonObject(entries) ? entries : {},
  });
  return [
    ...(counts('user') ? [table(state.value['mcpServers'])] : []),
    ...(counts('project') ? await projectTables(request, project, warnings) : []),
    ...(counts('local') ? [table(project['mcpServers'])] : []),
  ];
}

async function projectTables(
  { projectDir, approval }: ServersRequest,
  project: JsonObject,
  warnings: string[],
): Promise<Table[]> {
  const enabled = [...approval.enabled, ...namesIn(project['enabledMcpjsonServers'])];
  const disabled = [...approval.disabled, ...namesIn(project['disabledMcpjsonServers'])];
  const tables: Table[] = [];
  for (const folder of (await projectFolders(projectDir)).reverse()) {
    const from = path.join(folder, '.mcp.json');
    const entries = Object.entries(await entriesIn(from, warnings)).filter(
      ([name]) => !disabled.includes(name),
    );
    const isApproved = ([name]: [string, Json]): boolean => approval.all || enabled.includes(name);
    const left = entries.filter((entry) => !isApproved(entry)).map(([name]) => name);
    if (left.length > 0) {
      warnings.push(
        `Warning: ${left.join(', ')} in ${from} not started: nobody has approved of it. To approve, name it in "enabledMcpjsonServers" of your settings, or in "disabledMcpjsonServers" to hear no more of it`,
      );
    }
    tables.push({ from, entries: Object.fromEntries(entries.filter(isApproved)) });
  }
  return tables;
}

function namesIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

async function entriesIn(file: string, warnings: string[]): Promise<JsonObject> {
  try {
    const reading = await readRegularFile(file, MAX_BYTES);
    if (reading.kind === 'refused') throw new Error(reading.why);
    const value: unknown = JSON.parse(reading.bytes.toString('utf8'));
    const entries = isJsonObject(value) ? value['mcpServers'] : undefined;
    if (isJsonObject(entries)) return entries;
    throw new Error('expected {"mcpServers": {…}}');
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isAbsent) {
      warnings.push(`Warning: ${file} is ignored: ${error instanceof Error ? error.message : String(error)}`);
    }
    return {};
  }
}

function serverIn(
  from: string,
  name: string,
  entry: Json,
  env: Environment,
  warnings: string[],
): McpServer | undefined {
  try {
    return serverOf(name, entry, env);
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
    warnings.push(`Warning: an MCP server in ${from} is ignored: ${error.message}`);
    return undefined;
  }
}
