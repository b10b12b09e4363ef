import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/json.ts';
import { NO_USAGE } from '../../../../src/core/outcome.ts';
import { EMPTY_TALLY, type RunResult } from '../../../../src/core/run.ts';
import { Ended, Interrupted } from '../../../../src/print/session/ending.ts';
import type {
  AgentCost,
  WorkflowEnd,
  WorkflowOrder,
} from '../../../../src/print/workflows/workflow-runner.ts';
import { workflowTool } from '../../../../src/print/workflows/workflow-tool.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const TERMS = {
  sessionId: 's',
  model: 'm',
  effort: undefined,
  permissionMode: 'default',
  allowedTools: [],
  flags: { kept: [], unkept: [] },
  agentTypes: [],
  remainingUsd: undefined,
  rehearse: false,
};

const COST: AgentCost = { model: 'm', usage: NO_USAGE, costUsd: 0.5 };

function ended(over: Partial<RunResult> = {}): WorkflowEnd {
  const result: RunResult = {
    type: 'result',
    runId: 'r-1',
    name: 'my flow',
    status: 'completed',
    result: { a: 1 },
    error: null,
    ...EMPTY_TALLY,
    durationMs: 1234,
    attempts: [],
    ...over,
  };
  return {
    kind: 'ended',
    runId: 'r-1',
    name: 'my flow',
    scriptText: 'the script',
    result,
    log: [],
    denied: [],
    spent: [COST],
  };
}

function staged(end: WorkflowEnd = ended()) {
  const cwd = temporaryFolder();
  const scriptsDir = path.join(cwd, 'session/scripts');
  const orders: WorkflowOrder[] = [];
  const spent: AgentCost[] = [];
  const stop = new AbortController();
  const tool = workflowTool({
    runner: async () => ({
      run: async (order) => {
        orders.push(order);
        return end;
      },
    }),
    terms: async () => TERMS,
    mayRead: (file) => !file.includes('secret'),
    cwd,
    scriptsDir,
    onSpent: (costs) => void spent.push(...costs),
  });
  const use = async (input: Json) => await tool.run(input, { signal: stop.signal, useId: 'u' });
  return { tool, use, orders, spent, cwd, scriptsDir, stop };
}

describe('the input', () => {
  test.each<[string, Json, object]>([
    ['a script', { script: 'x' }, { script: { kind: 'text', text: 'x' } }],
    ['a name', { name: 'audit', args: [1] }, { script: { kind: 'name', name: 'audit' }, args: [1] }],
    ['args of any kind', { name: 'a', args: 'text' }, { args: 'text' }],
    [
      'a run, whose script it is',
      { resumeFromRunId: 'r' },
      { script: { kind: 'recorded' }, resumeFromRunId: 'r' },
    ],
    [
      'a run and a changed script',
      { script: 'x', resumeFromRunId: 'r' },
      { script: { text: 'x' }, resumeFromRunId: 'r' },
    ],
    ['what means nothing here', { name: 'a', title: 't', description: 'd' }, { script: { name: 'a' } }],
  ])('%s', async (_name, input, order) => {
    const { use, orders } = staged();
    expect(await use(input)).toMatchObject({ isError: false });
    expect(orders).toMatchObject([{ terms: TERMS, ...order }]);
  });

  test('a path counts from the folder of the session, and before all others', async () => {
    const { use, orders, cwd } = staged();
    await use({ scriptPath: 'flows/a.js', script: 'x', name: 'y' });
    expect(orders).toMatchObject([{ script: { kind: 'file', file: path.join(cwd, 'flows/a.js') } }]);
  });

  test.each<[string, Json, RegExp]>([
    ['nothing', {}, /nothing to run: give script, name or scriptPath/],
    ['script and name', { script: 'x', name: 'audit' }, /both script and name "audit"/],
    ['a file that the session may not read', { scriptPath: '/secret.js' }, /"\/secret\.js".*may not read/],
    ['an unknown field', { script: 'x', bogus: 1 }, /unexpected parameter `bogus`/],
    ['another kind of value', { script: 1 }, /`script` is expected to be string but is 1/],
  ])('%s is refused, and nothing runs', async (_name, input, message) => {
    const { use, orders } = staged();
    expect(await use(input)).toMatchObject({ isError: true, content: expect.stringMatching(message) });
    expect(orders).toEqual([]);
  });
});

describe('the result', () => {
  test('names run, script, cost and value, and the script lies there for its owner alone', async () => {
    const { use, spent, scriptsDir } = staged(
      ended({ calls: { ...EMPTY_TALLY.calls, done: 2, failed: 1 }, costUsd: 0.25 }),
    );
    const { content, isError, forPrograms } = await use({ script: 'x' });
    const scriptPath = path.join(scriptsDir, 'my-flow-r-1.js');
    expect(isError).toBe(false);
    expect(content).toContain(`Workflow "my flow" completed.\nRun ID: r-1\nScript: ${scriptPath}\n`);
    expect(content).toContain(
      'Agents: 2 done, 1 failed; 0 tokens in, 0 out, $0.2500, 1.2 s\nResult: {"a":1}\n',
    );
    expect(forPrograms).toMatchObject({ status: 'completed', runId: 'r-1', scriptPath, result: { a: 1 } });
    expect(readFileSync(scriptPath, 'utf8')).toBe('the script');
    expect(statSync(scriptPath).mode & 0o777).toBe(0o600);
    expect(statSync(scriptsDir).mode & 0o777).toBe(0o700);
    expect(spent).toEqual([COST]);
  });

  test('that is too long to show is whole in a file', async () => {
    const value = 'x'.repeat(100_000);
    const { use, scriptsDir } = staged(ended({ result: value }));
    const { content } = await use({ script: 'x' });
    const file = path.join(scriptsDir, 'my-flow-r-1.json');
    expect(content).toContain(`Result (100002 characters, the whole is in ${file}): "xxx`);
    expect(String(content).length).toBeLessThan(32_000);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toBe(value);
  });

  test('of a script that threw says where', async () => {
    const error = { name: 'Error', message: 'no', stack: 'Error: no\n    at workflow.js:3:1' };
    const { use } = staged(ended({ status: 'failed', result: null, error }));
    expect(await use({ script: 'x' })).toMatchObject({
      isError: true,
      content: expect.stringMatching(/failed: its script threw[\s\S]*workflow\.js:3:1/),
    });
  });

  test('of a run that was refused or cut off is an error that says what to do', async () => {
    const refused = staged({ kind: 'refused', message: 'no pool' });
    expect(await refused.use({ script: 'x' })).toMatchObject({
      isError: true,
      content: expect.stringContaining('no pool'),
    });
    expect(refused.spent).toEqual([]);
    const broken = staged({ kind: 'broken', runId: 'r-1', message: 'disk full', spent: [COST] });
    expect(await broken.use({ script: 'x' })).toMatchObject({
      isError: true,
      content: expect.stringMatching(/disk full.*resumeFromRunId "r-1"/),
    });
    expect(broken.spent).toEqual([COST]);
  });
});

describe('stopped on the way', () => {
  const stopped = ended({ status: 'stopped', result: null });

  /** The runner ends as its contract says: stopped, once the signal is aborted. */
  function stoppedBy(reason: Error) {
    const stage = staged(stopped);
    const tool = workflowTool({
      runner: async () => ({
        run: async () => {
          stage.stop.abort(reason);
          return stopped;
        },
      }),
      terms: async () => TERMS,
      mayRead: () => true,
      cwd: stage.cwd,
      scriptsDir: stage.scriptsDir,
      onSpent: (costs) => void stage.spent.push(...costs),
    });
    return { ...stage, result: tool.run({ script: 'x' }, { signal: stage.stop.signal, useId: 'u' }) };
  }

  test('by an interruption: the model learns which run to go on with', async () => {
    const { result, spent } = stoppedBy(new Interrupted('interrupted'));
    expect(await result).toMatchObject({ isError: true, content: expect.stringContaining('Run ID: r-1') });
    expect(spent).toEqual([COST]);
  });

  test('by the end of the program: nobody is told anything', async () => {
    const reason = new Ended('ended by SIGTERM', 143);
    await expect(stoppedBy(reason).result).rejects.toBe(reason);
  });
});
