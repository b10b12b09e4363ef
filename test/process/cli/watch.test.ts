/** A run that one shell started, looked at from others: the files it writes, changes of them, and a terminal in raw mode. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AgentRig } from '../../support/agents/agent-rig.ts';
import { ANDWAIT, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const SCRIPT = '/usr/bin/script';
const suite = suiteFolder();
/** BSD's program of that name takes other flags, so Linux alone. */
const onTerminal = test.runIf(process.platform === 'linux' && existsSync(SCRIPT));
const TOOL = {
  type: 'assistant',
  message: { id: 'm', content: [{ type: 'tool_use', id: 't', name: 'Grep', input: { pattern: 'bug' } }] },
};
const RESULT = { type: 'result', subtype: 'success', is_error: false, result: 'done', session_id: 's' };

const files = {
  'two.js': `export const meta = { name: 'two', description: 'd', phases: [{ title: 'Ask' }] }
phase('Ask')
return await parallel(['first', 'second', 'third'].map((name) => () => agent(name)))
`,
};

onTerminal('a run is watched, and one of its agents read, from other shells, until it ends', async () => {
  const rig = await AgentRig.start();
  const project = new ShellProject(suite, files);
  project.agent(`exec "${rig.program.path}" "$@"`);
  const run = project.start(['run', 'two.js', '--concurrency', '2']);
  const [first, second] = [await rig.next(), await rig.next()];
  const command = `stty cols 100 rows 24; "${process.execPath}" "${ANDWAIT}" watch; echo "ended $?"; stty -a`;
  const args = ['--quiet', '--return', '--flush', '--command', command, '/dev/null'];
  const watch = project.startProgram(SCRIPT, args, { stdin: 'open', env: { TERM: 'xterm', NO_COLOR: '1' } });
  const calls = [...project.runIds()];
  const logs = project.start(['logs', calls[0] ?? '', '1', '-f']);
  // What waits no file tells: the broker does.
  await watch.until('stdout', /2 running · 1 queued/);
  for (const agent of [first, second]) await agent.says(TOOL);
  await watch.until('stdout', /#1 first {2}\d+s · Grep/);
  await logs.until('stdout', 'tool     Grep: bug');
  watch.child.stdin.write('\x1b[B');
  await watch.until('stdout', '> › #1 first');
  for (const agent of [first, second]) {
    await agent.says(RESULT);
    agent.exits(0);
  }
  const third = await rig.next();
  await third.says(RESULT);
  third.exits(0);
  expect(await run.ended).toMatchObject({ code: 0 });
  expect(await logs.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('text     done') });
  const { stdout } = await watch.ended;
  expect(stdout).toContain('two completed after');
  expect(stdout).toContain('ended 0');
  // The terminal echoes and gathers lines again.
  expect(stdout).toMatch(/[^-]icanon/);
  expect(stdout).toMatch(/[^-]echo /);
});
