/** The agent programs the contract binds: our own print mode on every machine, the real program where it is installed. */

import { type AgentProgram, programTitle } from '../../../src/agent/program/agent-program.ts';
import { agentVersion } from '../../../src/agent/program/agent-version.ts';
import { findAgentProgram } from '../../../src/agent/program/find-program.ts';
import { DIST } from '../../support/programs/run-in-process.ts';
import { systemClock } from '../../support/system-clock.ts';

/** Set by whoever runs the tests: path of a real `claude` to hold to the contract, on PATH or not. */
export const ANDWAIT_TEST_CLAUDE = 'ANDWAIT_TEST_CLAUDE';

export interface AgentUnderContract {
  readonly kind: 'print' | 'claude';
  /** Program and version. */
  readonly title: string;
  /** Of the real program; our own is found without one. */
  readonly path: string | undefined;
}

export const PRINT: AgentUnderContract = { kind: 'print', title: 'andwait-print', path: undefined };

export type Installed =
  | { readonly kind: 'installed'; readonly agent: AgentUnderContract }
  | { readonly kind: 'absent'; readonly notice: string };

/** A path that was named and does not work throws: only a program that nobody promised is skipped. */
export async function installedClaude(env: NodeJS.ProcessEnv): Promise<Installed> {
  const named = env[ANDWAIT_TEST_CLAUDE];
  if (named) {
    const agent = await claudeAt({ kind: 'claude', path: named, prefixArgs: [], version: undefined }, env);
    if (agent) return { kind: 'installed', agent };
    throw new Error(
      `${ANDWAIT_TEST_CLAUDE} is ${JSON.stringify(named)}, which answers --version with no version; give the path of a claude`,
    );
  }
  const search = {
    wanted: 'claude',
    env,
    nodePath: process.execPath,
    distDir: DIST,
    rehearse: false,
  } as const;
  const found = await findAgentProgram(search);
  if (found.kind === 'problem')
    return absent(found.reason === 'bad-claude' ? found.message : 'it is not on PATH');
  const agent = await claudeAt(found.program, env);
  return agent ? { kind: 'installed', agent } : absent(`${found.program.path} tells no version`);
}

async function claudeAt(
  program: AgentProgram,
  env: NodeJS.ProcessEnv,
): Promise<AgentUnderContract | undefined> {
  const version = await agentVersion(program, {
    cwd: process.cwd(),
    env,
    clock: systemClock,
    kill: (pid, signal) => void process.kill(pid, signal),
  });
  if (version === undefined) return undefined;
  return { kind: 'claude', title: programTitle({ ...program, version }), path: program.path };
}

function absent(why: string): Installed {
  const notice = `the real claude is not held to the contract here: ${why} (${ANDWAIT_TEST_CLAUDE} may name one)`;
  return { kind: 'absent', notice };
}
