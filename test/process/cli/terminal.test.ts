/** `andwait` on a terminal of its own, made by script(1) from util-linux: the tree, the summary, and a typed Ctrl-C. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AgentRig } from '../../support/agents/agent-rig.ts';
import { isRunning } from '../../support/agents/agent-run.ts';
import { ANDWAIT, type Running, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const SCRIPT = '/usr/bin/script';
const suite = suiteFolder();
/** BSD's program of that name takes other flags, so Linux alone. */
const canRun = process.platform === 'linux' && existsSync(SCRIPT);
const onTerminal = test.runIf(canRun);
const RESULT = { type: 'result', subtype: 'success', is_error: false, result: 'done', session_id: 's' };
const CTRL_C = '\x03';

const files = {
  'two.js': `export const meta = { name: 'two', description: 'd', phases: [{ title: 'Ask' }] }
phase('Ask')
const answers = await parallel(['first', 'second'].map((name) => () => agent(name)))
log('both are back')
return answers
`,
};

if (!canRun) test.skip('there is no script(1) of util-linux here: nothing of the terminal is tested');

async function startOnTerminal(): Promise<{ run: Running; rig: AgentRig; project: ShellProject }> {
  const rig = await AgentRig.start();
  const project = new ShellProject(suite, files);
  project.agent(`exec "${rig.program.path}" "$@"`);
  const command = `stty cols 80 rows 24; exec "${process.execPath}" "${ANDWAIT}" run two.js --output json > out.json`;
  const args = ['--quiet', '--return', '--flush', '--command', command, '/dev/null'];
  const run = project.startProgram(SCRIPT, args, { stdin: 'open', env: { TERM: 'xterm', NO_COLOR: '1' } });
  return { run, rig, project };
}

onTerminal('shows the tree while agents run, then the summary below it', async () => {
  const { run, rig } = await startOnTerminal();
  const agents = [await rig.next(), await rig.next()];
  // A frame that shows both at work.
  await run.until('stdout', /two {2}\S+ · 2 running[\s\S]*Ask[\s\S]*#1 first[\s\S]*#2 second/);
  for (const agent of agents) {
    await agent.says(RESULT);
    agent.exits(0);
  }
  const { code, stdout } = await run.ended;
  expect(code).toBe(0);
  expect(screenOf(stdout)).toEqual([
    'both are back',
    expect.stringMatching(/^two {2}\S+ · 2 done/),
    expect.stringMatching(/^ {2}✓ Ask {2}2 done/),
    expect.stringMatching(/^ {4}✓ #1 first/),
    expect.stringMatching(/^ {4}✓ #2 second/),
    expect.stringMatching(/^two completed after \S+$/),
    '  agents   2 done',
    expect.stringMatching(/^ {2}cost /),
    expect.stringMatching(/^ {2}run {6}\d{8}-\d{6}-\w{6}$/),
  ]);
});

onTerminal('a typed Ctrl-C stops the run, a second one at once', async () => {
  const { run, rig, project } = await startOnTerminal();
  const agents = [await rig.next(), await rig.next()];
  const told = await Promise.all(agents.map((agent) => agent.ignores('SIGTERM')));
  run.child.stdin.write(CTRL_C);
  // The agents are in groups of their own: what reaches them comes from andwait, not from the terminal.
  await Promise.all(told.map(({ received }) => received));
  await run.until('stdout', 'andwait: SIGINT: stopping the agents');
  run.child.stdin.write(CTRL_C);
  const { code, stdout } = await run.ended;
  const [runId = ''] = project.runIds();
  expect(code).toBe(130);
  // The sandbox, which hears no Ctrl-C either, has not crashed: the person stopped it.
  expect(screenOf(stdout).slice(-6)).toEqual([
    expect.stringMatching(/^two stopped after/),
    '  error    Stopped: stopped by SIGINT',
    '  agents   0 done, 2 stopped',
    '  no usage 2 calls unmetered: neither tokens nor cost are known, and no budget saw them',
    `  run      ${runId}`,
    `go on with: andwait resume ${runId}`,
  ]);
  expect(agents.map(({ report }) => isRunning(report.pid))).toEqual([false, false]);
});

/** The lines that stand in the end: what was drawn over is gone. Knows what `ScreenRegion` uses, and no more. */
function screenOf(output: string): string[] {
  const lines = [''];
  let row = 0;
  for (const [token] of output.matchAll(/\x1b\[\??[\d;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+/g)) {
    const [, count] = /^\x1b\[(\d+)A$/.exec(token) ?? [];
    if (token === '\n') row += 1;
    else if (count !== undefined) row -= Number(count);
    else if (token === '\x1b[2K') lines[row] = '';
    else if (!token.startsWith('\x1b') && token !== '\r') lines[row] = `${lines[row] ?? ''}${token}`;
  }
  return lines.filter((line) => line !== undefined && line !== '');
}
