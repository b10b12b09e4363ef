/** A run that the real program is killed in the middle of, gone on with here: what its agents had finished is not asked again. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunResult } from '../../src/core/run.ts';
import { FakeMessagesApi, type FakeRequest, reply } from '../support/api/fake-messages-api.ts';
import { runAndwait } from '../support/programs/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeReal, startWorkflowSession } from './agent/real-program.ts';

const SCRIPT = `export const meta = { name: 'cut', description: 'two fan-outs' }
phase('First')
const first = await parallel([
  () => agent('ECHO:one\\n  over several lines\\r\\n\\n', { label: 'one', model: 'sonnet', effort: 'low' }),
  () => agent('  two, indented', { schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } }),
])
phase('Second')
const second = await parallel(['three', 'four'].map((n) => () => agent('ECHO:' + n + ' of ' + args.topic)))
return { first, second }
`;

const HELD = ['ECHO:three of x', 'ECHO:four of x'];

await describeReal('rescue', ({ path: program }) => cases(program));

function cases(program: string): void {
  test('killed in its second fan-out', { timeout: 60_000 }, async () => {
    const { home, cwd } = folders();
    const child = await cutOff(program, home, cwd);
    await using api = await FakeMessagesApi.start();
    const rescue = () =>
      runAndwait({
        argv: ['resume', '--from-claude', '.', '--agent', 'print', '--output', 'json'],
        cwd,
        homeDir: home,
        env: { ...api.env(home), ANDWAIT_HOME: path.join(home, 'state') },
      });

    const early = await rescue();
    expect(early.stderr).toContain(`still at work in process ${child.pid}`);
    expect(early.code).toBe(2);

    child.kill('SIGKILL');
    await once(child, 'close');
    const { code, stdout, stderr } = await rescue();
    expect(stderr).toContain('2 of 4 agents had finished');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as RunResult;
    expect(result).toMatchObject({
      status: 'completed',
      result: { first: ['one', { n: 2 }], second: ['three of x', 'four of x'] },
      calls: { done: 2, replayed: 2, failed: 0 },
    });
    expect(api.requests.map(({ prompt }) => prompt).sort()).toEqual([...HELD].sort());
  });
}

function folders() {
  const dir = realpathSync(temporaryFolder());
  const home = path.join(dir, 'home');
  const cwd = path.join(dir, 'some project');
  for (const folder of [home, cwd]) mkdirSync(folder);
  return { home, cwd };
}

/** Has the real program run the script, answers its first agents, and leaves it waiting for the others. */
async function cutOff(program: string, home: string, cwd: string): Promise<ChildProcess> {
  const api = (await FakeMessagesApi.start()).hold();
  onTestFinished(async () => await api[Symbol.asyncDispose]());
  const child = startWorkflowSession({ program, api, home, cwd });
  const held = new Set<string>();
  for (let n = 1; held.size < HELD.length; n += 1) {
    const request = await api.request(n);
    if (HELD.includes(request.prompt)) held.add(request.prompt);
    else request.answer(answerTo(request));
  }
  return child;
}

function answerTo({ prompt, messages, toolNames }: FakeRequest) {
  const isFirst = messages.filter(({ role }) => role === 'assistant').length === 0;
  if (isFirst && prompt.startsWith('ECHO:one')) return reply().text('one');
  if (isFirst && prompt.includes('two, indented')) return reply().tool('StructuredOutput', { n: 2 });
  if (isFirst && toolNames.includes('Workflow')) {
    return reply().tool('Workflow', { script: SCRIPT, args: { topic: 'x' } });
  }
  return reply().text('so be it');
}
