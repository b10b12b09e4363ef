/** A run that is told to stop: the shell is told by which signal, and nothing of the run is left. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AgentRig, type SteeredAgent } from '../../support/agents/agent-rig.ts';
import { isRunning } from '../../support/agents/agent-run.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { startAndwait } from '../../support/programs/run-in-process.ts';
import { type Running, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const THREE = `export const meta = { name: 'three', description: 'd' }
return await parallel([1, 2, 3].map((n) => () => agent('item ' + n)))
`;
const WORD = { type: 'assistant', message: { content: [{ type: 'text', text: 'so' }] } };
const RESULT = { type: 'result', subtype: 'success', is_error: false, result: 'done', session_id: 's' };

interface StartedRun extends Running {
  readonly project: ShellProject;
  /** Two of three agents: the third waits for a place. */
  readonly agents: readonly [SteeredAgent, SteeredAgent];
  /** Every process below `andwait`: agents, their host, the sandbox; not the pool's broker, which is nobody's. */
  readonly pids: readonly number[];
}

async function startThree(...flags: string[]): Promise<StartedRun> {
  const rig = await AgentRig.start();
  const project = new ShellProject(suite, { 'three.js': THREE });
  project.agent(`exec "${rig.program.path}" "$@"`);
  const started = project.start(['run', 'three.js', '--concurrency', '2', ...flags]);
  const agents = [await rig.next(), await rig.next()] as const;
  return { ...started, project, agents, pids: descendantsOf(started.child.pid) };
}

function descendantsOf(pid: number | undefined): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const children = text.split(' ').filter(Boolean).map(Number);
  return children.filter((child) => !isBroker(child)).flatMap((child) => [child, ...descendantsOf(child)]);
}

function isBroker(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('pool-broker.js');
}

/** Whoever carries the run's mark in its environment, as each agent and all that it starts do. */
function marked(runId: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isRunning(Number(name)))
    .filter((pid) => environmentOf(pid).includes(`ANDWAIT_RUN_ID=${runId}`));
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function nothingIsLeftOf({ project, pids }: StartedRun): void {
  const [runId = ''] = project.runIds();
  expect(pids.length).toBeGreaterThanOrEqual(4);
  expect(pids.filter(isRunning)).toEqual([]);
  expect(marked(runId)).toEqual([]);
}

describe.runIf(process.platform === 'linux')('stopped', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s: %i', async (signal, code) => {
    const run = await startThree();
    const [runId = ''] = run.project.runIds();
    expect(marked(runId)).toHaveLength(2);
    run.child.kill(signal);
    const ended = await run.ended;
    expect(ended).toMatchObject({ code, signal: null, stdout: '' });
    expect(ended.stderr).toMatch(new RegExp(`^andwait: ${signal}: stopping the agents$`, 'm'));
    expect(ended.stderr).toMatch(/three stopped after .*\n +error .*\n +agents +0 done, 3 stopped\n/);
    expect(ended.stderr).toMatch(new RegExp(`\\ngo on with: andwait resume ${runId}\\n$`));
    nothingIsLeftOf(run);
  });

  test.each([
    ['SIGINT', 'SIGINT', 130],
    ['SIGTERM', 'SIGHUP', 143],
  ] as const)('%s, then %s: agents that do not listen are killed at once', async (first, second, code) => {
    const run = await startThree();
    const told = await Promise.all(run.agents.map((agent) => agent.ignores('SIGTERM')));
    const [agent] = run.agents;
    const grandchild = await agent.starts({ stdio: 'ignore', ignoresTerm: true });
    run.child.kill(first);
    // Every agent has had its SIGTERM, and lives: without a second signal it would have five more seconds.
    await Promise.all(told.map(({ received }) => received));
    expect(isRunning(grandchild)).toBe(true);
    run.child.kill(second);
    const ended = await run.ended;
    expect(ended).toMatchObject({ code, signal: null });
    expect(ended.stderr).toContain(`andwait: ${second}: killing the agents\n`);
    nothingIsLeftOf(run);
    expect(isRunning(grandchild)).toBe(false);
  });

  test('where time stands still, only a second signal ends an agent that does not listen', async () => {
    const rig = await AgentRig.start();
    const project = new ShellProject(suite, { 'three.js': THREE });
    project.agent(`exec "${rig.program.path}" "$@"`);
    const { cwd } = project;
    const env = { ...project.env, ANDWAIT_POOL_IDLE_SECONDS: '60' };
    // Where time stands still nobody can wait for a broker to start, so it is there before.
    project.write('none.js', "export const meta = { name: 'none', description: 'd' }\n");
    expect(await project.run(['run', 'none.js', '-q'], { env })).toMatchObject({ code: 0 });
    onTestFinished(() => project.run(['pool', 'stop', '--force'], { env }).then(() => undefined));
    const argv = ['run', 'three.js', '--concurrency', '2'];
    const { signal, ended } = startAndwait({ argv, cwd, env, clock: new ManualClock() });
    const agents = [await rig.next(), await rig.next()];
    const told = await Promise.all(agents.map((agent) => agent.ignores('SIGTERM')));
    signal('SIGINT');
    await Promise.all(told.map(({ received }) => received));
    signal('SIGINT');
    expect((await ended).code).toBe(130);
  });

  test('an agent that was through is not lost by it', async () => {
    const run = await startThree('--output', 'ndjson');
    const [first, second] = run.agents;
    await first.ignores('SIGTERM');
    const { received } = await second.ignores('SIGTERM');
    // In one breath: who has heard the word has heard the result.
    await first.says(`${JSON.stringify(WORD)}\n${JSON.stringify(RESULT)}\n`);
    await run.until('stdout', '"kind":"text"');
    run.child.kill('SIGINT');
    await received;
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/agents +1 done, 2 stopped\n/);
    nothingIsLeftOf(run);
  });

  test('before anything ran: no run is left behind', async () => {
    const project = new ShellProject(suite, { 'three.js': THREE });
    const args = ['run', 'three.js', '--rehearse', '--args', '-'];
    const { child, ended } = project.start(args, { stdin: 'open' });
    await new Promise((resolve) => child.stdin.write(`"${'x'.repeat(10_000_000)}`, resolve));
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143, stdout: '', stderr: '' });
    expect(project.runIds()).toEqual([]);
  });
});
