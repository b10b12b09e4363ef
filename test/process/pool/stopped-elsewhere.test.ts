/** A run that somebody else has the pool stop: its agents end, nothing waits any more, and it says so. */
import { expect, test } from 'vitest';
import { connectToPool } from '../../../src/broker/client/pool-client.ts';
import { AgentRig } from '../../support/agents/agent-rig.ts';
import { isRunning } from '../../support/agents/agent-run.ts';
import { poolProgram } from '../../support/pool/pool-program.ts';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();

test('a run is stopped from elsewhere', async () => {
  const rig = await AgentRig.start();
  const project = new ShellProject(suite, {
    'three.js': `export const meta = { name: 'three', description: 'd' }
const answers = await parallel([1, 2, 3].map((n) => () => agent('item ' + n)))
return await agent('after ' + answers.length)
`,
  });
  project.agent(`exec "${rig.program.path}" "$@"`);
  const env = { ...project.env, ANDWAIT_SLOTS: '2' };
  const { ended } = project.start(['run', 'three.js'], { env });
  const pids = [await rig.next(), await rig.next()].map((agent) => agent.report.pid);
  const [runId = ''] = project.runIds();
  await using client = await connectToPool(poolProgram(env), { startBroker: false });
  await client.stopRun(runId);
  const { code, stderr } = await ended;
  expect({ code, stderr }).toMatchObject({
    code: 143,
    stderr: expect.stringMatching(
      /three stopped[\s\S]*stopped from elsewhere[\s\S]*0 done, 3 stopped[\s\S]*andwait resume/,
    ),
  });
  expect(pids.filter(isRunning)).toEqual([]);
  expect((await client.status()).taken).toBe(0);
});

test('the pool is stopped by force: no run goes on with the next broker', async () => {
  const rig = await AgentRig.start();
  const project = new ShellProject(suite, {
    'five.js': `export const meta = { name: 'five', description: 'd' }
return await parallel([1, 2, 3, 4, 5].map((n) => () => agent('item ' + n)))
`,
    'recipe.sh': 'claude -p one; claude -p two; exit 0\n',
  });
  project.agent(`exec "${rig.program.path}" "$@"`);
  const env = { ...project.env, ANDWAIT_SLOTS: '3' };
  const started = [];
  const pids = [];
  for (const argv of [
    ['run', 'five.js', '-j', '1'],
    ['map', 'do {}', '-j', '1'],
    ['exec', '--', 'sh', 'recipe.sh'],
  ]) {
    started.push(project.start(argv, { env, stdin: 'a\nb\nc\n' }));
    pids.push((await rig.next()).report.pid);
  }
  expect(await project.run(['pool', 'stop', '--force'], { env })).toMatchObject({ code: 0, stderr: '' });
  const [run, map, exec] = await Promise.all(started.map(({ ended }) => ended));
  for (const end of [run, map]) {
    expect(end).toMatchObject({ code: 143, stderr: expect.stringContaining('stopped from elsewhere') });
  }
  expect(exec).toMatchObject({ signal: 'SIGTERM' });
  expect(pids.filter(isRunning)).toEqual([]);
  expect((await project.run(['pool', 'status'], { env })).stdout).toMatch(/^no broker runs/);
});
