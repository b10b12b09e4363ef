/** The real program: where tests of it run, and how they start it, so that it asks the fake model API and nobody else. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { describe, onTestFinished } from 'vitest';
import type { FakeMessagesApi } from '../../support/api/fake-messages-api.ts';
import { type AgentUnderContract, installedClaude } from './programs.ts';

/** Where the program is not installed, the cases are skipped, and `what` is said on stderr with the reason. */
export async function describeReal(
  what: string,
  cases: (agent: AgentUnderContract & { readonly path: string }) => void,
): Promise<void> {
  const claude = await installedClaude(process.env);
  if (claude.kind === 'absent') {
    process.stderr.write(`\n${what}: ${claude.notice}\n`);
    describe.skip(claude.notice, () => cases({ kind: 'claude', title: 'claude', path: 'claude' }));
    return;
  }
  const { agent } = claude;
  describe(agent.title, () => cases({ ...agent, path: agent.path ?? 'claude' }));
}

/** It asks for more than the model's answer unless it is told not to. */
export const ONLY_THE_MODEL = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
};

export interface WorkflowSession {
  readonly program: string;
  readonly api: FakeMessagesApi;
  readonly home: string;
  readonly cwd: string;
}

/** A session that may run workflows, and hears `go` and nothing more. Killed with the test, if it still runs then. */
export function startWorkflowSession({ program, api, home, cwd }: WorkflowSession): ChildProcess {
  const child = spawn(program, ['-p', 'go', '--allowedTools=Workflow'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
      ...ONLY_THE_MODEL,
      ...api.env(home),
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}
