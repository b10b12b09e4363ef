/** A run that somebody else has the pool stop: its agents end, nothing waits any more, and it says so. */
import { expect, test } from 'vitest';
import { connectToPool } from '../../../src/broker/client/pool-client.ts';
import { AgentRig } from '../../support/agent-rig.ts';
import { isRunning } from '../../support/agent-run.ts';
import { poolProgram } from '../../support/pool-program.ts';
import { ShellProject, suiteFolder } from '../../support/shell-project.ts';

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
