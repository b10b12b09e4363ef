/** The Workflow tool of the built program: a model that writes workflows, and the agents that carry them out. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeRequest, reply } from '../../support/api/fake-messages-api.ts';
import { runAndwait } from '../../support/programs/run-in-process.ts';
import { ALLOWED, answersIn, TWO, WorkflowStage } from './workflow-stage.ts';

let stage: WorkflowStage;

beforeEach(async () => {
  stage = await WorkflowStage.open();
});
afterEach(async () => await stage[Symbol.asyncDispose]());

function meta(name: string, description = 'd'): string {
  return `export const meta = ${JSON.stringify({ name, description })}\n`;
}

/** A repository with a commit. */
function git(cwd: string): void {
  const commit = 'git init -q && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m a';
  execFileSync('sh', ['-c', commit], { cwd });
}

function everythingIn(dir: string): string {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

/** Requests that are not the session's own. */
function agentsOf({ api }: WorkflowStage): readonly FakeRequest[] {
  return api.requests.filter(({ toolNames }) => !toolNames.includes('Workflow'));
}

describe('a workflow that the model wrote', () => {
  test('runs two agents, and comes back with value, run, script and cost', async () => {
    const ended = await stage.calls({ script: TWO, args: { n: 1 } }).run();
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const [runId = ''] = stage.runIds();
    const [answer] = answersIn(ended);
    expect(answer).toMatchObject({
      isError: false,
      forPrograms: {
        status: 'completed',
        runId,
        workflowName: 'two',
        result: { a: 'one', b: 'two', args: { n: 1 } },
        agents: { done: 2 },
        costUsd: 0.0016,
      },
    });
    expect(answer?.content).toContain('Result: {"a":"one","b":"two","args":{"n":1}}');
    expect(answer?.content).toContain(`Run ID: ${runId}`);
    expect(answer?.content).toContain('2 done; 200 tokens in, 40 out, $0.0016');
    const scriptPath = /^Script: (.*)$/m.exec(answer?.content ?? '')?.[1] ?? '';
    expect(readFileSync(scriptPath, 'utf8')).toBe(TWO);
    // The session's price is that of its agents, too.
    expect(ended.events.at(-1)).toMatchObject({ result: 'done after tool', total_cost_usd: 0.0032 });
  });

  test('is a run like any other to list and result', async () => {
    await stage.calls({ script: TWO }).run();
    const [runId = ''] = stage.runIds();
    const at = { cwd: stage.cwd, env: stage.env };
    const list = await runAndwait({ ...at, argv: ['list'] });
    expect(list.stdout).toMatch(new RegExp(`${runId}.*two`));
    expect(await runAndwait({ ...at, argv: ['result', runId] })).toMatchObject({
      code: 0,
      stdout: '{"a":"one","b":"two"}\n',
    });
    expect((await runAndwait({ ...at, argv: ['logs', runId, '1'] })).stdout).toContain('one');
  });

  test('of the project, by name; one of another name is told of', async () => {
    mkdirSync(path.join(stage.cwd, '.claude/workflows'), { recursive: true });
    writeFileSync(path.join(stage.cwd, '.claude/workflows/two.js'), TWO);
    stage.calls({ name: 'nope' }).calls({ name: 'two', args: [1] });
    const answers = answersIn(
      await stage.run({ args: ['--allowedTools', 'Workflow(two)', 'Workflow(nope)'] }),
    );
    expect(answers[0]).toMatchObject({
      isError: true,
      content: expect.stringContaining('no saved workflow "nope"; saved here: two'),
    });
    expect(answers[1]).toMatchObject({ isError: false, forPrograms: { result: { args: [1] } } });
  });

  test('that is none is refused before anything is made, with its line', async () => {
    const ended = await stage.calls({ script: `${meta('bad')}const x: number = 1` }).run();
    expect(answersIn(ended)).toMatchObject([{ isError: true, content: expect.stringContaining(':2:8') }]);
    expect(stage.runIds()).toEqual([]);
  });

  test('that throws is an error with run and line', async () => {
    const script = `${meta('throws')}log('before')\nthrow new Error('no way')`;
    const [answer] = answersIn(await stage.calls({ script }).run());
    expect(answer?.isError).toBe(true);
    expect(answer?.content).toMatch(/failed: its script threw[\s\S]*before[\s\S]*no way[\s\S]*:3:/);
  });
});

describe('permission', () => {
  test('is needed: a call without is denied, told and reported, and nothing runs', async () => {
    const ended = await stage.calls({ script: TWO }).run({ args: [] });
    expect(answersIn(ended)).toMatchObject([{ isError: true }]);
    expect(ended.events).toContainEqual(expect.objectContaining({ subtype: 'permission_denied' }));
    expect(ended.events.at(-1)).toMatchObject({ permission_denials: [{ tool_name: 'Workflow' }] });
    expect(stage.runIds()).toEqual([]);
  });

  test('for one saved workflow is none for another script', async () => {
    stage.calls({ script: TWO }).calls({ name: 'two', script: TWO });
    const ended = await stage.run({ args: ['--allowedTools', 'Workflow(two)'] });
    expect(ended.events.at(-1)).toMatchObject({
      permission_denials: [{ tool_name: 'Workflow' }, { tool_name: 'Workflow' }],
    });
  });

  test('of the agents is that of the session, and no more', async () => {
    const bash = `TOOL:Bash ${JSON.stringify({ command: 'touch made' })}`;
    const script = `${meta('bash')}return await agent(${JSON.stringify(bash)})`;
    const denied = await stage
      .calls({ script })
      .run({ args: [...ALLOWED, '--permission-mode', 'acceptEdits', '--disallowedTools', 'Bash'] });
    expect(answersIn(denied)[0]?.isError).toBe(false);
    for (const { toolNames } of agentsOf(stage)) expect(toolNames).not.toContain('Bash');
    const told = answersIn(await stage.calls({ script }).run());
    expect(told[0]?.content).toContain('Agents were denied: Bash');
    expect(() => readFileSync(path.join(stage.cwd, 'made'))).toThrow('ENOENT');
    await stage.calls({ script }).run({ args: [...ALLOWED, 'Bash(touch made)'] });
    expect(readFileSync(path.join(stage.cwd, 'made'), 'utf8')).toBe('');
  });

  test('rules and hooks of the project hold in a worktree too, where its settings are not', async () => {
    const { cwd, home } = stage;
    git(cwd);
    mkdirSync(path.join(cwd, '.claude'));
    const permissions = { deny: ['Bash(ls)'] };
    // A script of no commit either.
    writeFileSync(path.join(cwd, '.claude/guard.sh'), `pwd >> ${home}/asked; exit 2`);
    const guard = { type: 'command', command: 'sh "$CLAUDE_PROJECT_DIR/.claude/guard.sh"' };
    const hooks = { PreToolUse: [{ matcher: 'Write', hooks: [guard] }] };
    writeFileSync(path.join(cwd, '.claude/settings.local.json'), JSON.stringify({ permissions, hooks }));
    const calls = [
      `TOOL:Bash ${JSON.stringify({ command: 'ls' })}`,
      `TOOL:Write ${JSON.stringify({ file_path: 'a', content: 'a' })}`,
    ].map((prompt) => `await agent(${JSON.stringify(prompt)}, { isolation: 'worktree' })`);
    const script = `${meta('ls')}return [${calls.join(', ')}]`;
    const ended = await stage.calls({ script }).run();
    expect(answersIn(ended)[0]?.content).toContain('Agents were denied: Bash, Write');
    expect(readFileSync(`${home}/asked`, 'utf8')).toBe(`${cwd}\n`);
  });

  test.each([
    ['of the user', 'home', 'settings.json'],
    ['of the project, in no commit', 'cwd', 'settings.local.json'],
  ] as const)(
    'the helper that prints the key, %s, is run for agents in worktrees too',
    async (_name, place, file) => {
      const { cwd, home, state } = stage;
      git(cwd);
      mkdirSync(path.join(stage[place], '.claude'));
      const apiKeyHelper = 'echo "helper-$((40 + 2))-$(basename "$PWD")"';
      writeFileSync(path.join(stage[place], '.claude', file), JSON.stringify({ apiKeyHelper }));
      const bash = `TOOL:Bash ${JSON.stringify({ command: 'env; tr "\\0" " " < /proc/$PPID/cmdline' })}`;
      const script = `${meta('keys')}
      return await parallel([() => agent('ECHO:one'), () => agent(${JSON.stringify(bash)}, { isolation: 'worktree' })])`;
      const args = [...ALLOWED, 'Bash', '--debug'];
      const ended = await stage.calls({ script }).run({ args, env: { ANTHROPIC_API_KEY: '' } });
      expect(answersIn(ended)[0]).toMatchObject({ isError: false, forPrograms: { agents: { done: 2 } } });
      // It is run where the settings are, as the real program runs it.
      const keys = stage.api.requests.map(({ headers }) => headers['x-api-key']);
      expect([...new Set(keys)]).toEqual([`helper-42-${path.basename(cwd)}`]);
      const told = [ended.stdout, ended.stderr, ...[state, home].map(everythingIn)].join('\n');
      const asked = JSON.stringify(stage.api.requests.map(({ body }) => body));
      expect(asked).toContain('andwait-print');
      expect(asked).toContain('ANDWAIT_AGENT');
      expect(`${told}${asked}`).not.toContain('helper-42');
    },
  );

  test('settings that the session was given by flag hold for agents too, and are written nowhere', async () => {
    const bash = `TOOL:Bash ${JSON.stringify({ command: 'ls' })}`;
    const script = `${meta('ls')}return await agent(${JSON.stringify(bash)})`;
    const settings = JSON.stringify({ permissions: { deny: ['Bash(ls)'] }, env: { SECRET: 'rosebud' } });
    const ended = await stage.calls({ script }).run({ args: [...ALLOWED, '--settings', settings] });
    expect(answersIn(ended)[0]?.content).toContain('Agents were denied: Bash');
    const [runId = ''] = stage.runIds();
    expect(readFileSync(path.join(stage.state, 'runs', runId, 'run.json'), 'utf8')).not.toContain('rosebud');
    expect(readFileSync(path.join(stage.state, 'runs', runId, 'journal.ndjson'), 'utf8')).not.toContain(
      'rosebud',
    );
    const resumed = await runAndwait({ argv: ['resume', runId], cwd: stage.cwd, env: stage.env });
    expect(resumed).toMatchObject({ code: 2, stderr: expect.stringContaining('--settings') });
  });
});

describe('agents of agents', () => {
  test('an agent of a workflow is not offered the tool, and refused when it calls it', async () => {
    const inner = `TOOL:Workflow ${JSON.stringify({ script: TWO })}`;
    const script = `${meta('outer')}return await agent(${JSON.stringify(inner)})`;
    await stage.calls({ script }).run();
    const [asked, answered] = agentsOf(stage);
    expect(asked?.toolNames).toContain('Bash');
    expect(JSON.stringify(answered?.messages.at(-1))).toMatch(/Workflow is not available.*agent of a run/);
    expect(stage.runIds()).toHaveLength(1);
  });

  test('turned off by the environment and by settings', async () => {
    await stage.calls({ script: TWO }).run({ env: { CLAUDE_CODE_DISABLE_WORKFLOWS: '1' } });
    await stage.calls({ script: TWO }).run({ args: [...ALLOWED, '--settings', '{"disableWorkflows":true}'] });
    expect(stage.api.requests).toHaveLength(4);
    for (const { toolNames } of stage.api.requests) expect(toolNames).not.toContain('Workflow');
    expect(JSON.stringify(stage.api.requests[3]?.messages.at(-1))).toContain('workflows are turned off');
  });
});

describe('ultracode', () => {
  const asked = async (prompt: string, args: readonly string[]): Promise<string> => {
    await stage.run({ prompt, args });
    const { messages, body } = stage.api.requests.at(-1) as FakeRequest;
    return JSON.stringify([messages, body['system'], body['output_config'] ?? null]);
  };

  test('as a word of the prompt, or as effort, lets the model decide; permission is needed all the same', async () => {
    expect(await asked('ultracode: do it', [])).toContain('Ultracode is on');
    expect(await asked('do it', ['--effort', 'ultracode'])).toMatch(/Ultracode is on.*xhigh/);
    expect(await asked('read ultracode.md and my-ultracode-notes', ['--tools', 'Read'])).not.toContain(
      'Ultracode is on',
    );
    expect(await asked('do it', [])).not.toContain('Ultracode is on');
  });
});

describe('the budget of the session', () => {
  test('is what its agents may spend, and what they spent counts', async () => {
    const script = `${meta('spend')}const out = []\nfor (let n = 0; n < 9; n += 1) out.push(await agent('ECHO:' + n))\nreturn out`;
    const ended = await stage.calls({ script }).run({ args: [...ALLOWED, '--max-budget-usd', '0.003'] });
    const [answer] = answersIn(ended);
    expect(answer).toMatchObject({ isError: true, forPrograms: { status: 'capped', agents: { done: 3 } } });
    expect(ended.events.at(-1)).toMatchObject({ subtype: 'error_max_budget_usd', total_cost_usd: 0.0032 });
  });
});

describe('resume', () => {
  test('answers finished agents from the journal, also where the script was edited', async () => {
    const script = `${meta('again')}const a = await agent('ECHO:kept')\nif (args === undefined) throw new Error('no args')\nreturn [a, args]`;
    const api = stage.calls({ script }).api.hold();
    const running = stage.start({ args: [...ALLOWED, '--permission-mode', 'default'] });
    (await api.request(2)).answer(reply().text('kept'));
    const first = await api.request(3);
    const told = JSON.stringify(first.messages.at(-1));
    const runId = /Run ID: ([\w-]+)/.exec(told)?.[1] ?? '';
    const scriptPath = /Script: (.*?)\\n/.exec(told)?.[1] ?? '';
    first.answer(reply().tool('Read', { file_path: scriptPath }));
    (await api.request(4)).answer(
      reply().tool('Edit', {
        file_path: scriptPath,
        old_string: 'return [a, args]',
        new_string: 'return [a, args, 1]',
      }),
    );
    (await api.request(5)).answer(
      reply().tool('Workflow', { scriptPath, resumeFromRunId: runId, args: 'x' }),
    );
    (await api.request(6)).answer(reply().text('fin'));
    const answers = answersIn(await running.ended);
    expect(answers.map(({ isError }) => isError)).toEqual([true, false, false, false]);
    expect(answers.at(-1)).toMatchObject({
      forPrograms: { runId, result: ['kept', 'x', 1], agents: { replayed: 1, done: 0 } },
    });
    expect(stage.runIds()).toEqual([runId]);
  });

  test('of a run of another session is refused', async () => {
    await stage.calls({ script: TWO }).run();
    const [runId = ''] = stage.runIds();
    const ended = await stage.calls({ resumeFromRunId: runId }).run();
    expect(answersIn(ended)).toMatchObject([
      { isError: true, content: expect.stringContaining('names no run of this session') },
    ]);
  });
});

describe('a conversation that is cut', () => {
  const TOO_LONG = reply().status(400, { message: 'prompt is too long: 210000 tokens > 200000 maximum' });
  const SUMMARY = reply().text('<summary>nothing of note</summary>');
  const wholeOf = ({ messages }: FakeRequest): string => JSON.stringify(messages);

  /** The workflow returns so many characters; each cut is one that the model's own summary says nothing of. */
  async function afterCuts(
    characters: number,
    cuts: number,
  ): Promise<{ first: string; last: string; result: string }> {
    const result = 'r'.repeat(characters);
    const script = `${meta('long')}return 'r'.repeat(${characters})`;
    stage.api.queue(reply().text('look').tool('Nope', {}));
    stage.calls({ script }).api.queue(...Array.from({ length: cuts }, () => [TOO_LONG, SUMMARY]).flat());
    await stage.run();
    const asked = stage.api.requests.map(wholeOf);
    return { first: asked.at(2) ?? '', last: asked.at(-1) ?? '', result };
  }

  test('right after its workflow has its result word for word', async () => {
    const { last, result } = await afterCuts(3000, 1);
    expect(last).toContain('nothing of note');
    expect(last).toContain(result);
  });

  test('and cut again, so that nothing is kept, still knows the run and where its result is', async () => {
    const { first, last, result } = await afterCuts(3000, 2);
    expect(last).not.toContain(result);
    const [, file = ''] = /Result \(also in ([^)]+)\)/.exec(first) ?? [];
    const [runId = ''] = stage.runIds();
    for (const text of [`Run ID: ${runId}`, `Result (also in ${file})`]) expect(last).toContain(text);
    expect(readFileSync(file, 'utf8')).toBe(JSON.stringify(result));
  });
});
