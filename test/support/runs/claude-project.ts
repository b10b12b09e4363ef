/** A home of its own with a recorded run of Claude Code in it, made in a project folder that exists. */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../temporary-folder.ts';

const RECORDED = path.resolve(import.meta.dirname, '../../fixtures/claude-runs');
const RECORDED_CWD = '/home/user/project';
const RECORDED_SLUG = '-home-user-project';

export type RecordedRunName = 'finished' | 'failed' | 'cut-off' | 'resumed' | 'child' | 'odd-prompts';

export interface ClaudeProject {
  /** HOME: Claude Code's own folder lies below it. */
  readonly home: string;
  /** Where the run was made. */
  readonly cwd: string;
  readonly configDir: string;
  /** Claude Code's folder of this project. */
  readonly projectDir: string;
  readonly sessionId: string;
  readonly sessionDir: string;
  readonly runId: string;
  readonly runDir: string;
}

export function claudeProject(name: RecordedRunName): ClaudeProject {
  const home = realpathSync(temporaryFolder());
  const cwd = path.join(home, 'project');
  mkdirSync(cwd);
  const configDir = path.join(home, '.claude');
  cpSync(path.join(RECORDED, name), configDir, { recursive: true });
  const projects = path.join(configDir, 'projects');
  const projectDir = path.join(projects, cwd.replace(/[^A-Za-z0-9]/g, '-'));
  renameSync(path.join(projects, RECORDED_SLUG), projectDir);
  for (const entry of readdirSync(projectDir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) moveTo(cwd, path.join(entry.parentPath, entry.name));
  }
  const sessionId = only(readdirSync(projectDir).filter((entry) => !entry.endsWith('.jsonl')));
  const sessionDir = path.join(projectDir, sessionId);
  const runs = path.join(sessionDir, 'subagents/workflows');
  const runId = only(readdirSync(runs));
  return { home, cwd, configDir, projectDir, sessionId, sessionDir, runId, runDir: path.join(runs, runId) };
}

function moveTo(cwd: string, file: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(RECORDED_CWD, cwd));
}

function only(names: readonly string[]): string {
  const [name] = names;
  if (name === undefined || names.length > 1) throw new Error(`expected one name, found ${names.join(', ')}`);
  return name;
}
