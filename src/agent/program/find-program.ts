/** Finds the program that answers the agents, before any agent needs it: a missing one is said once, not a thousand times. */
import path from 'node:path';
import { type Environment, VERSION } from '../../core/program.ts';
import {
  API_CREDENTIALS,
  LOGIN_TOKEN,
  SET_CREDENTIALS,
} from '../../wire/environment/credential-variables.ts';
import { modelProvider } from '../../wire/environment/model-provider.ts';
import type { AgentProgram } from './agent-program.ts';
import { claudeOnPath, type PathSearch } from './claude-on-path.ts';
import { settingsWithKeyHelper } from './key-helper-settings.ts';

export interface ProgramSearch {
  readonly wanted: 'claude' | 'print' | 'auto';
  readonly env: Environment;
  /** The Node that runs us, and the folder of our built programs. */
  readonly nodePath: string;
  readonly distDir: string;
  /** Rehearsals are print mode's alone, and need no key. */
  readonly rehearse: boolean;
}

export type ProgramFound =
  | { readonly kind: 'found'; readonly program: AgentProgram }
  | {
      readonly kind: 'problem';
      readonly reason: 'no-agent' | 'no-claude' | 'bad-claude' | 'no-key';
      readonly message: string;
    };

const INSTALL = 'install Claude Code (npm install -g @anthropic-ai/claude-code)';
const SET_KEY = `${SET_CREDENTIALS}, and andwait asks the model itself`;
const REHEARSE =
  'add --rehearse to `andwait run`, and every agent is answered with a sample, without a model';

export async function findAgentProgram(search: ProgramSearch): Promise<ProgramFound> {
  if (search.rehearse) return printMode(search);
  if (search.wanted === 'print') {
    return hasKey(search.env)
      ? printMode(search)
      : problem('no-key', `print mode has no key${loginAlone(search.env)}: ${SET_KEY}; or ${REHEARSE}`);
  }
  const onPath = await claudeOnPath(search.env['PATH'], path.join(search.distDir, '..', 'shims', 'claude'));
  switch (onPath.kind) {
    case 'found':
      return found({ kind: 'claude', path: onPath.path, prefixArgs: [], version: undefined });
    case 'bad':
      return problem('bad-claude', `${onPath.path} ${onPath.fault}: ${INSTALL} anew, or use --agent print`);
    case 'none':
      return withoutClaude(search, onPath);
  }
}

function withoutClaude(search: ProgramSearch, none: PathSearch & { kind: 'none' }): ProgramFound {
  if (search.wanted === 'claude') {
    return problem(
      'no-claude',
      `--agent claude: ${notFound(none)}: ${INSTALL}, put its folder on PATH, or use --agent print`,
    );
  }
  if (hasKey(search.env)) return printMode(search);
  return problem(
    'no-agent',
    `nothing can answer the agents: ${notFound(none)}, and there is no API key${loginAlone(search.env)}. Either ${INSTALL}; or ${SET_KEY}; or ${REHEARSE}`,
  );
}

function notFound({ skippedShim, notExecutable }: PathSearch & { kind: 'none' }): string {
  if (notExecutable !== undefined)
    return `${notExecutable} is not executable (chmod +x), and there is no other claude on PATH`;
  return skippedShim ? "the only claude on PATH is andwait's own shim" : 'there is no claude on PATH';
}

function printMode(search: ProgramSearch): ProgramFound {
  return found(printProgram(search));
}

export function printProgram({
  nodePath,
  distDir,
}: Pick<ProgramSearch, 'nodePath' | 'distDir'>): AgentProgram {
  const script = path.join(distDir, 'andwait-print.js');
  return { kind: 'print', path: nodePath, prefixArgs: [script], version: VERSION };
}

/** It looks like a key to whoever has set it. */
function loginAlone(env: Environment): string {
  return (env[LOGIN_TOKEN] ?? '') === '' ? '' : ` (${LOGIN_TOKEN} is set, which only claude itself takes)`;
}

/** A cloud's credentials may lie anywhere on the machine: that it is chosen says that they are there. */
function hasKey(env: Environment): boolean {
  return (
    API_CREDENTIALS.some((name) => (env[name] ?? '') !== '') ||
    modelProvider(env) !== 'anthropic' ||
    settingsWithKeyHelper(env['CLAUDE_CONFIG_DIR'] || undefined, env['HOME'] || undefined) !== undefined
  );
}

function found(program: AgentProgram): ProgramFound {
  return { kind: 'found', program };
}

function problem(reason: (ProgramFound & { kind: 'problem' })['reason'], message: string): ProgramFound {
  return { kind: 'problem', reason, message };
}
