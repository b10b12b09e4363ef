/** The process that starts a run's agents: what becomes of them, and of the run, when one of the two is killed. */
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_AGENT_SETTINGS } from '../../../src/agent/program/agent-settings.ts';
import { HostedBackend } from '../../../src/workflow/agent-host/hosted-backend.ts';
import { AgentRig } from '../../support/agents/agent-rig.ts';
import { isRunning, RESULT, RecordingWatch } from '../../support/agents/agent-run.ts';
import { ended } from '../../support/agents/process-end.ts';
import { agentCall } from '../../support/calls.ts';
import { DIST } from '../../support/programs/run-in-process.ts';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';
import { systemClock } from '../../support/system-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const suite = suiteFolder();

async function hosted(hosts = 1) {
  const rig = await AgentRig.start();
  const hurry = new AbortController();
  const agentsDir = temporaryFolder();
  const backend = new HostedBackend({
    nodePath: process.execPath,
    hostPath: path.join(DIST, 'agent-host.js'),
    env: { PATH: process.env['PATH'], KEEP: 'this', CLAUDECODE: '1' },
    clock: systemClock,
    kill: (pid, signal) => void process.kill(pid, signal),
    setup: {
      program: rig.program,
      runId: 'run-1',
      cwd: rig.binDir,
      settings: DEFAULT_AGENT_SETTINGS,
      limits: { killMs: 200 },
      agentsDir,
    },
    hosts,
    hurry: hurry.signal,
  });
  onTestFinished(() => backend.close());
  const stop = new AbortController();
  const start = async (id = 1) => {
    const watch = new RecordingWatch();
    const outcome = backend.run(agentCall({ id }), watch, stop.signal);
    const agent = await rig.next();
    return { agent, watch, outcome };
  };
  return { backend, start, stop, hurry, agentsDir };
}

/** The host is the parent of its agents. */
async function hostOf(pid: number): Promise<number> {
  const { readFileSync } = await import('node:fs');
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

test('runs a call as the backend inside the process would', async () => {
  const { start } = await hosted();
  const { agent, outcome } = await start();
  expect(agent.report.env).toMatchObject({ KEEP: 'this', ANDWAIT_RUN_ID: 'run-1', ANDWAIT_CALL: '1' });
  expect(Object.keys(agent.report.env)).not.toContain('CLAUDECODE');
  await agent.says({ ...RESULT, result: 'é'.repeat(100_000) });
  agent.exits(0);
  expect(await outcome).toMatchObject({ kind: 'reply', text: 'é'.repeat(100_000), costUsd: 0.5 });
});

test('ends a call that is stopped', async () => {
  const { start, stop } = await hosted();
  const { agent, outcome } = await start();
  const { pid } = agent.report;
  stop.abort(new Error('enough'));
  expect(await outcome).toMatchObject({ kind: 'failure', reason: 'stopped' });
  expect(isRunning(pid)).toBe(false);
});

test('a host that is killed takes its agents with it, and the next call gets a new host', async () => {
  const { start } = await hosted();
  const { agent, outcome } = await start(1);
  const { pid } = agent.report;
  process.kill(await hostOf(pid), 'SIGKILL');
  expect(await outcome).toMatchObject({ kind: 'failure', reason: 'killed' });
  expect(isRunning(pid)).toBe(false);
  const second = await start(2);
  await second.agent.says(RESULT);
  second.agent.exits(0);
  expect(await second.outcome).toMatchObject({ kind: 'reply' });
});

test('a host that is stopped and does not answer keeps no call from being stopped', async () => {
  const { start, stop } = await hosted();
  const { agent, outcome } = await start();
  const { pid } = agent.report;
  process.kill(await hostOf(pid), 'SIGSTOP');
  stop.abort(new Error('enough'));
  expect(await outcome).toMatchObject({ kind: 'failure', reason: 'killed' });
  // No child of ours: killed, it may still be on its way out.
  await ended(pid);
});

test('a host that is stopped keeps no run from ending', async () => {
  const { backend, start } = await hosted();
  const { agent, outcome } = await start();
  const host = await hostOf(agent.report.pid);
  await agent.says(RESULT);
  agent.exits(0);
  await outcome;
  process.kill(host, 'SIGSTOP');
  await backend.close();
  expect(isRunning(host)).toBe(false);
});

test('a second host starts agents while the first has its hands full', async () => {
  const { start } = await hosted(2);
  const parents = new Set<number>();
  for (let id = 1; id <= 6; id += 1) parents.add(await hostOf((await start(id)).agent.report.pid));
  expect(parents.size).toBe(2);
});

test('a run that is killed leaves no agent and no host behind', async () => {
  const rig = await AgentRig.start();
  const project = new ShellProject(suite, {
    'one.js': `export const meta = { name: 'one', description: 'd' }\nreturn await agent('item')\n`,
  });
  project.agent(`exec "${rig.program.path}" "$@"`);
  const { child } = project.start(['run', 'one.js']);
  const agent = await rig.next();
  const { pid } = agent.report;
  const host = await hostOf(pid);
  child.kill('SIGKILL');
  await ended(pid);
  await ended(host);
  expect([isRunning(pid), isRunning(host)]).toEqual([false, false]);
});
