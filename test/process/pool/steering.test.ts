/** Runs taken hold of from another shell, each by every command, on every kind of run. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { connectToPool } from '../../../src/broker/client/pool-client.ts';
import type { PoolRunStatus } from '../../../src/wire/pool/pool-status.ts';
import { AgentRig } from '../../support/agents/agent-rig.ts';
import { isRunning } from '../../support/agents/agent-run.ts';
import { poolProgram } from '../../support/pool/pool-program.ts';
import { runAndwait } from '../../support/programs/run-in-process.ts';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();

const replied = (result: string) => ({
  type: 'result',
  subtype: 'success',
  is_error: false,
  result,
  session_id: 's',
});

async function stage(files: Readonly<Record<string, string>>) {
  const rig = await AgentRig.start();
  const project = new ShellProject(suite, files);
  project.agent(`exec "${rig.program.path}" "$@"`);
  const { cwd } = project;
  const env = { ...project.env, ANDWAIT_SLOTS: '1' };
  return {
    rig,
    start: (argv: readonly string[], stdin?: string) =>
      project.start(argv, { env, ...(stdin === undefined ? {} : { stdin }) }),
    /** In another shell: another program, that is, with nothing but the same environment. */
    shell: (...argv: string[]) => runAndwait({ argv, cwd, env }),
    runId: () => project.runIds()[0] ?? '',
    status: async (): Promise<PoolRunStatus | undefined> => {
      await using client = await connectToPool(poolProgram(env), { startBroker: false });
      return (await client.status()).runs[0];
    },
    killBroker: async () => {
      await using client = await connectToPool(poolProgram(env), { startBroker: false });
      process.kill((await client.status()).pid, 'SIGKILL');
    },
    steered: (runId: string): string[] =>
      readFileSync(path.join(project.state, 'runs', runId, 'journal.ndjson'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ type, by }) => type === 'steered' && (by as { pid: number }).pid === process.pid)
        .map(({ action, call, refused }) =>
          [action, call, refused === undefined ? '' : 'refused'].filter(Boolean).join(' '),
        ),
  };
}

async function waits(status: () => Promise<PoolRunStatus | undefined>, calls: number): Promise<void> {
  await vi.waitUntil(async () => (await status())?.waiting === calls, { interval: 20, timeout: 10_000 });
}

test('a script: paused over the death of the broker, a call asked anew, one skipped that runs and one that waits', async () => {
  const { rig, start, shell, runId, status, steered, killBroker } = await stage({
    'four.js': `export const meta = { name: 'four', description: 'd' }
return await parallel([1, 2, 3, 4].map((n) => () => agent('item ' + n)))
`,
  });
  const { ended } = start(['run', 'four.js', '-j', '1']);
  const first = await rig.next();
  const run = runId();
  await waits(status, 3);
  expect(await shell('pause', run.slice(0, 15))).toEqual({
    code: 0,
    stderr: '',
    stdout: `run ${run} is paused: 1 agent to finish, 3 calls to wait; go on with: andwait continue ${run}\n`,
  });
  expect((await shell('pause', '--last')).stdout).toContain('is paused already');
  await first.says(replied('one'));
  first.exits(0);
  await vi.waitUntil(async () => (await status())?.running === 0, { interval: 20, timeout: 10_000 });
  await killBroker();
  expect(await shell('skip', '--last', '#4', '9')).toMatchObject({
    code: 2,
    stdout: `call 4 of run ${run} is skipped: its script gets null\n`,
    stderr: expect.stringContaining(`call 9 of run ${run} is not open`),
  });
  expect(await status()).toMatchObject({ held: { cause: 'person' }, running: 0, waiting: 2 });
  expect(await shell('continue', run)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('no longer'),
  });
  const second = await rig.next();
  expect((await shell('retry', run, '2')).stdout).toContain('is asked anew');
  const again = await rig.next();
  expect(isRunning(second.report.pid)).toBe(false);
  await again.says(replied('two'));
  again.exits(0);
  const third = await rig.next();
  expect((await shell('retry', run, '1')).stderr).toContain('with a reply');
  expect((await shell('skip', run, '3')).code).toBe(0);
  const { code, stdout, stderr } = await ended;
  expect({ code, stdout: JSON.parse(stdout) as unknown }).toEqual({
    code: 0,
    stdout: ['one', 'two', null, null],
  });
  expect(isRunning(third.report.pid)).toBe(false);
  expect(stderr).toMatch(/^held {5}by a person[\s\S]*^goes on[\s\S]*^again {4}item 2[\s\S]*skipped by /m);
  expect(steered(run)).toEqual([
    'pause',
    'pause',
    'skip 4',
    'skip 9 refused',
    'continue',
    'retry 2',
    'retry 1 refused',
    'skip 3',
  ]);
  expect(await shell('retry', run, '3')).toEqual({
    code: 2,
    stdout: '',
    stderr: `andwait: run ${run} has ended (completed); its failed calls are asked anew, and those alone, by: andwait resume ${run}\n`,
  });
});

test('a recipe: skipped, paused, stopped; what it hears live is not asked anew', async () => {
  const { rig, start, shell, runId, status, steered } = await stage({
    'recipe.sh': `claude -p one; echo "one: $?"
claude -p two; echo "two: $?"
claude -p three; echo "three: $?"
`,
  });
  const { ended } = start(['exec', '--', 'sh', 'recipe.sh']);
  const first = await rig.next();
  const run = runId();
  expect(await shell('retry', run, '1')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cannot be asked anew: its recipe hears what it says as it says it'),
  });
  await shell('pause', run);
  const daemon = await first.starts({ stdio: 'ignore', ownGroup: true });
  expect((await shell('skip', run, '1')).stdout).toContain(
    'exit status of a program that was told to end (143)',
  );
  await waits(status, 1);
  expect([first.report.pid, daemon].filter(isRunning)).toEqual([]);
  // It waits, and has no program yet: the recipe sees the same.
  expect((await shell('skip', run, '2')).code).toBe(0);
  await vi.waitUntil(async () => (await status())?.calls[0]?.call === 3, { interval: 20, timeout: 10_000 });
  await shell('continue', run);
  const third = await rig.next();
  expect((await shell('stop', run)).stdout).toMatch(
    /is being stopped: 1 agent to end, 0 waiting calls dropped$/m,
  );
  const { signal, stdout, stderr } = await ended;
  expect({ signal, stdout }).toMatchObject({
    signal: 'SIGTERM',
    stdout: expect.stringMatching(/^one: 143\ntwo: 143\n/),
  });
  expect(stderr).toContain('claude: skipped by ');
  expect(isRunning(third.report.pid)).toBe(false);
  expect(steered(run)).toEqual(['retry 1 refused', 'pause', 'skip 1', 'skip 2', 'continue', 'stop']);
  expect(await shell('stop', run)).toMatchObject({
    code: 2,
    stderr: `andwait: run ${run} has ended (stopped)\n`,
  });
});

test('a map: an item asked anew, one skipped for good, then all of it stopped while it is paused', async () => {
  const { rig, start, shell, status } = await stage({});
  const { ended } = start(['map', 'do {}', '--retries', '3', '-j', '1'], 'a\nb\nc\n');
  const first = await rig.next();
  await shell('retry', '--last', '1');
  const again = await rig.next();
  expect(isRunning(first.report.pid)).toBe(false);
  await again.says(replied('A'));
  again.exits(0);
  await rig.next();
  await shell('skip', '--last', '2');
  await rig.next();
  await shell('pause', '--last');
  expect(await status()).toMatchObject({ running: 1, held: { cause: 'person' } });
  await shell('stop', '--last');
  const { code, stdout } = await ended;
  const items = stdout.split('\n').filter(Boolean);
  expect(code).toBe(143);
  expect(items.map((line) => (JSON.parse(line) as { outcome: string }).outcome)).toEqual([
    'reply',
    'skipped',
    'stopped',
  ]);
});

test('a run that nobody works on: nothing is started for it, and what can be done is said', async () => {
  const { rig, start, shell, runId, killBroker } = await stage({
    'one.js': "export const meta = { name: 'one', description: 'd' }\nreturn await agent('item')\n",
  });
  const { child, ended } = start(['run', 'one.js']);
  const agent = await rig.next();
  child.kill('SIGKILL');
  await killBroker();
  await ended;
  const run = runId();
  expect(await shell('continue', run)).toEqual({
    code: 2,
    stdout: '',
    stderr: `andwait: nobody works on run ${run}: it was cut off; go on with: andwait resume ${run}\n`,
  });
  expect((await shell('pool', 'status')).stdout).toContain('no broker runs');
  expect((await shell('stop', 'nope')).stderr).toContain('there is no run "nope"');
  expect((await shell('skip', '--last')).stderr).toContain('needs the number of a CALL');
  expect((await shell('pause')).stderr).toContain('pause needs one RUN');
  await vi.waitUntil(() => !isRunning(agent.report.pid), { interval: 20, timeout: 10_000 });
});
