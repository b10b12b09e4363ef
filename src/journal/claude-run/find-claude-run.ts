/** Finds the run that a user means by a folder, a session or a run id, among what Claude Code keeps. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ClaudePlace, type ClaudeProblem, problem } from './claude-run.ts';
import { namesIn, statOwnFile, UnreadableFile } from './own-files.ts';

export interface ClaudeSearch {
  readonly wanted: string;
  /** Where relative paths begin, and whose project is looked at first. */
  readonly cwd: string;
  /** `$CLAUDE_CONFIG_DIR`, else `~/.claude`; `undefined` without either. */
  readonly configDir: string | undefined;
}

export type ClaudeRunFound = { readonly kind: 'found'; readonly place: ClaudePlace } | ClaudeProblem;

const RUN_ID = /^wf_[\w-]{1,64}$/;
const SESSION_ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const RUNS = path.join('subagents', 'workflows');

export async function findClaudeRun(search: ClaudeSearch): Promise<ClaudeRunFound> {
  try {
    const { wanted } = search;
    const dir = await realFolder(path.resolve(search.cwd, wanted));
    if (dir !== undefined)
      return onlyOne(await runsOfFolder(dir, search), `the folder ${JSON.stringify(wanted)}`);
    if (RUN_ID.test(wanted)) return onlyOne(await runsById(search, wanted), `run ${wanted}`);
    if (SESSION_ID.test(wanted)) return onlyOne(await runsOfSession(search, wanted), `session ${wanted}`);
    return problem(
      'not-found',
      `--from-claude ${JSON.stringify(wanted)}: there is no such folder, and it is no id of a run (wf_…) or of a session of Claude Code`,
    );
  } catch (error) {
    if (error instanceof UnreadableFile) return problem('unreadable', error.message);
    throw error;
  }
}

/** The path a name had when the folder was made: every character that is no letter or digit is a hyphen. */
export function projectSlug(cwd: string): string {
  return cwd.replace(/[^A-Za-z0-9]/g, '-');
}

/** The folder of a run, a session or a project as Claude Code keeps them, or a project's own. */
async function runsOfFolder(dir: string, { configDir }: ClaudeSearch): Promise<ClaudePlace[]> {
  if (await isRun(dir)) return [placeOf(dir)];
  const kept = [...(await runsInSession(dir)), ...(await runsInProject(dir))];
  if (kept.length > 0 || configDir === undefined) return kept;
  return await runsInProject(path.join(await projectsDir(configDir), projectSlug(dir)));
}

async function runsById(search: ClaudeSearch, runId: string): Promise<ClaudePlace[]> {
  return await inProjects(search, async (project) => {
    const runs = await runsInProject(project);
    return runs.filter((place) => place.runId === runId);
  });
}

async function runsOfSession(search: ClaudeSearch, sessionId: string): Promise<ClaudePlace[]> {
  return await inProjects(search, (project) => runsInSession(path.join(project, sessionId)));
}

/** This folder's project first: an id is written where its run was made, most often. */
async function inProjects(
  { cwd, configDir }: ClaudeSearch,
  look: (project: string) => Promise<ClaudePlace[]>,
): Promise<ClaudePlace[]> {
  if (configDir === undefined) return [];
  const projects = await projectsDir(configDir);
  const here = await look(path.join(projects, projectSlug(cwd)));
  if (here.length > 0) return here;
  const found: ClaudePlace[] = [];
  for (const name of await namesIn(projects, 'folders'))
    found.push(...(await look(path.join(projects, name))));
  return found;
}

/** The user may keep the folder elsewhere and link to it; below it no link is followed. */
async function projectsDir(configDir: string): Promise<string> {
  const dir = path.join(configDir, 'projects');
  return (await realFolder(dir)) ?? dir;
}

async function runsInProject(project: string): Promise<ClaudePlace[]> {
  const found: ClaudePlace[] = [];
  for (const name of await namesIn(project, 'folders')) {
    found.push(...(await runsInSession(path.join(project, name)).catch(noneIfClosed)));
  }
  return found;
}

/** The user's own folder may be looked through as well, and not all in it need be open to us. */
function noneIfClosed(error: unknown): ClaudePlace[] {
  if (error instanceof UnreadableFile) return [];
  throw error;
}

async function runsInSession(session: string): Promise<ClaudePlace[]> {
  const dirs = (await namesIn(path.join(session, RUNS), 'folders')).map((name) =>
    path.join(session, RUNS, name),
  );
  const found: ClaudePlace[] = [];
  for (const dir of dirs) if (await isRun(dir)) found.push(placeOf(dir));
  return found;
}

async function isRun(dir: string): Promise<boolean> {
  return (await statOwnFile(path.join(dir, 'journal.jsonl'))) !== undefined;
}

/** From a run's folder up: `<session>/subagents/workflows/<runId>`. */
function placeOf(runDir: string): ClaudePlace {
  const sessionDir = path.resolve(runDir, '..', '..', '..');
  return { runId: path.basename(runDir), sessionId: path.basename(sessionDir), runDir, sessionDir };
}

async function realFolder(dir: string): Promise<string | undefined> {
  const real = await realpath(dir).catch(() => undefined);
  if (real === undefined) return undefined;
  return (await stat(real)).isDirectory() ? real : undefined;
}

const SHOWN = 12;

async function onlyOne(places: readonly ClaudePlace[], meant: string): Promise<ClaudeRunFound> {
  const [place] = places;
  if (place === undefined) {
    return problem(
      'not-found',
      `--from-claude: ${meant} holds no workflow run of Claude Code (a folder with a journal.jsonl)`,
    );
  }
  if (places.length === 1) return { kind: 'found', place };
  const dated = await Promise.all(places.map(async (one) => ({ one, changedAt: await changedAt(one) })));
  const lines = dated
    .sort((a, b) => b.changedAt - a.changedAt)
    .slice(0, SHOWN)
    .map(({ one, changedAt }) => `  ${new Date(changedAt).toISOString().slice(0, 16)}  ${one.runDir}`);
  const more = places.length > SHOWN ? [`  and ${places.length - SHOWN} more`] : [];
  return problem(
    'several',
    [
      `--from-claude: ${meant} means ${places.length} runs; name the folder of one, newest first:`,
      ...lines,
      ...more,
    ].join('\n'),
  );
}

async function changedAt({ runDir }: ClaudePlace): Promise<number> {
  return (await statOwnFile(path.join(runDir, 'journal.jsonl')))?.mtimeMs ?? 0;
}
