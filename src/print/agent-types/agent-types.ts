/** Finds the agent types a session may ask for: the project's, the person's own, and the ones that are always there. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type AgentType, parseAgentType } from '../../wire/agent-type.ts';
import { projectFolders } from '../../wire/files/project-folders.ts';
import { readRegularFile } from '../../wire/files/regular-file.ts';
import { BUILTIN_AGENT_TYPES } from './builtin-agent-types.ts';

export interface AgentTypePlaces {
  readonly cwd: string;
  readonly homeDir: string | undefined;
  /** `$CLAUDE_CONFIG_DIR`: stands in for `~/.claude`. */
  readonly configDir: string | undefined;
}

/** Sorted by name. Nearest wins: a project's type beats a personal one of the same name, and that one a built-in. */
export async function findAgentTypes(places: AgentTypePlaces): Promise<AgentType[]> {
  const found = new Map<string, AgentType>();
  for (const folder of await agentFolders(places)) {
    for (const agentType of await agentTypesIn(folder)) {
      if (!found.has(agentType.name)) found.set(agentType.name, agentType);
    }
  }
  for (const agentType of BUILTIN_AGENT_TYPES) {
    if (!found.has(agentType.name)) found.set(agentType.name, agentType);
  }
  return [...found.values()].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}

async function agentFolders({ cwd, homeDir, configDir }: AgentTypePlaces): Promise<string[]> {
  const folders = (await projectFolders(cwd)).map((dir) => path.join(dir, '.claude', 'agents'));
  const personal = configDir ?? (homeDir === undefined ? undefined : path.join(homeDir, '.claude'));
  if (personal !== undefined) folders.push(path.join(personal, 'agents'));
  return [...new Set(folders)];
}

/** One is a prompt of a few pages. */
const MAX_AGENT_TYPE_BYTES = 1_000_000;

/** A file that is no agent type is left out, as the real program does; its neighbours still count. */
async function agentTypesIn(folder: string): Promise<AgentType[]> {
  const agentTypes: AgentType[] = [];
  for (const file of await markdownFiles(folder)) {
    const reading = await unlessMissing(readRegularFile(file, MAX_AGENT_TYPE_BYTES));
    if (reading?.kind !== 'read') continue;
    const parsed = await parseAgentType(reading.bytes.toString('utf8'));
    if (parsed.kind === 'ok') agentTypes.push(parsed.agentType);
  }
  return agentTypes;
}

async function markdownFiles(folder: string): Promise<string[]> {
  const entries = await unlessMissing(readdir(folder, { recursive: true, withFileTypes: true }));
  return (entries ?? [])
    .filter((entry) => entry.name.endsWith('.md') && (entry.isFile() || entry.isSymbolicLink()))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

const MISSING = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'ELOOP']);

/** What we may not look into is not there for us: a cron job's cwd may lie below such a folder. */
async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code === 'string' && MISSING.has(code)) return undefined;
    throw error;
  }
}
