/** Agents that hang, as a user meets them: asked once more where nobody has heard them, ended where somebody has. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const RESULT = '{"type":"result","subtype":"success","is_error":false,"result":"done","session_id":"s"}';

function outcomesOf(project: ShellProject): unknown[] {
  const [runId = ''] = project.runIds();
  return readFileSync(path.join(project.state, 'runs', runId, 'journal.ndjson'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { type: string; cause?: string; outcome?: { reason?: string } })
    .filter(({ type }) => type === 'setback' || type === 'outcome')
    .map(({ type, outcome }) => `${type} ${outcome?.reason ?? 'reply'}`);
}

test('run: one that hangs is asked once more', async () => {
  const project = new ShellProject(suite, {
    'one.js': "export const meta = { name: 'one', description: 'd' }\nreturn await agent('item')\n",
  });
  project.agent(`mkdir hung 2>/dev/null && exec sleep 1000\necho '${RESULT}'`);
  const { code, stdout, stderr } = await project.run(['run', 'one.js', '--idle-timeout', '1']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n' });
  expect(stderr).toMatch(/^again {4}item: nothing came from it for 1 s/m);
  expect(outcomesOf(project)).toEqual(['setback idle', 'outcome reply']);
});

test('exec: the recipe sees the status of a program that was told to end; a tool that runs is no silence', async () => {
  const project = new ShellProject(suite, {
    'recipe.sh': `claude -p text > out; echo "text: $?"
claude -p stream --output-format stream-json --verbose > out; echo "stream: $?"
`,
  });
  const tool =
    '{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t1","name":"Bash","input":{}}]}}';
  project.agent(`[ "$2" = text ] && exec sleep 1000\necho '${tool}'; sleep 1.5; echo '${RESULT}'`);
  const { code, stdout } = await project.start(['exec', '--idle-timeout', '0.5', '--', 'sh', 'recipe.sh'])
    .ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'text: 143\nstream: 0\n' });
  expect(outcomesOf(project)).toEqual(['outcome idle', 'outcome reply']);
});

test('exec: a call that takes too long is ended, however much it says', async () => {
  const project = new ShellProject(suite, { 'recipe.sh': 'claude -p text > out; echo "text: $?"\n' });
  project.agent('while :; do echo so; sleep 0.1; done');
  const words = ['exec', '--timeout', '0.5', '--idle-timeout', '30', '--', 'sh', 'recipe.sh'];
  const { stdout } = await project.start(words).ended;
  expect(stdout).toBe('text: 143\n');
  expect(outcomesOf(project)).toEqual(['outcome timeout']);
});
