/** `andwait new` with a model whose answers the test has written: what becomes of good scripts, and of all others. */
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import { scriptsOfGuide } from '../../support/documents/authoring-guide.ts';
import { until } from '../../support/looking.ts';
import { startAndwait } from '../../support/programs/run-in-process.ts';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();

const GOOD = `export const meta = { name: 'both', description: 'Asks \\u001b[2Jtwice', phases: [{ title: 'Ask' }] }
phase('Ask')
const said = await parallel(['a', 'b'].map((letter) => () => agent('Say ' + letter)))
return said.filter(Boolean).join(' ')
`;

/** The first answers are the model's, each with a script; whoever asks then is told `ok`. */
function project(...scripts: readonly (string | { readonly script: string; readonly args: Json })[]) {
  const made = new ShellProject(suite);
  const answers = scripts.map((answer) =>
    typeof answer === 'string' ? { script: answer, args: null } : answer,
  );
  for (const [at, answer] of answers.entries()) made.write(`answers/${at + 1}`, resultLine(answer));
  made.write('answers/ok', resultLine(undefined));
  made.agent(
    // By a folder, which one only of two at once can make.
    'n=1; until mkdir call-$n 2>/dev/null; do n=$((n + 1)); done; cat > prompt-$n; echo "$*" > words-$n; [ -f answers/$n ] || n=ok; cat answers/$n',
  );
  const asked = (): number => readdirSync(made.cwd).filter((name) => name.startsWith('call-')).length;
  return { made, asked, prompt: (n: number) => read(made, `prompt-${n}`) };
}

function resultLine(structured: Json | undefined): string {
  const event = {
    ...{ type: 'result', subtype: 'success', is_error: false, result: 'ok', session_id: 's' },
    ...(structured === undefined ? {} : { structured_output: structured }),
    ...{ total_cost_usd: 0.25, usage: { output_tokens: 5 } },
  };
  return `${JSON.stringify(event)}\n`;
}

function read(made: ShellProject, name: string): string {
  return readFileSync(path.join(made.cwd, name), 'utf8');
}

describe('a good script', () => {
  test('is on stdout, told in words, kept, and not run', async () => {
    const { made, asked, prompt } = project(GOOD);
    const { code, stdout, stderr } = await made.run(['new', 'ask twice']);
    expect({ code, stdout, asked: asked() }).toEqual({ code: 0, stdout: GOOD, asked: 1 });
    const [runId = ''] = made.runIds();
    const kept = path.join(made.state, 'runs', runId, 'script.js');
    expect(readFileSync(kept, 'utf8')).toBe(GOOD);
    expect(stderr).toContain('both: Asks twice\n');
    expect(stderr).toContain('rehearsed  2 agents (Ask 2)');
    expect(stderr).toContain(`run it with: andwait run ${kept}\n`);
    expect(stderr).toContain(`save it with: andwait save ${runId}\n`);
    expect(stderr).not.toContain('\u001b');
    expect(prompt(1)).toContain('# Writing workflow scripts');
    expect(prompt(1)).toContain('"ask twice"');
    const words = read(made, 'words-1');
    expect(words).toContain('--permission-mode dontAsk');
    expect(words).toContain('--tools Read,Grep,Glob');

    expect(await made.run(['run', kept, '-q'])).toMatchObject({ code: 0, stdout: 'ok ok\n' });
    expect((await made.run(['result', runId])).stdout).toBe(GOOD);
    expect((await made.run(['list', '--kind', 'new'])).stdout).toContain('new ask twice');
    const resumed = await made.run(['resume', runId]);
    expect(resumed).toMatchObject({ code: 2, stderr: expect.stringContaining('is of kind "new"') as string });
    made.write('answers/4', resultLine({ script: GOOD, args: null }));
    const next = await made.run(['new', 'ask twice']);
    expect(next.stderr).toContain('cost       about $0.50, going by what an agent took in 1 earlier run');
  });

  test('runs unseen where that was said, and is paid from the same purse', async () => {
    const { made, asked } = project({ script: GOOD, args: { n: 1 } });
    const ended = await made.run(['new', 'ask twice', '--yes', '--json', '--max-cost', '5']);
    const result = JSON.parse(ended.stdout) as { readonly type: string; readonly runId: string };
    expect({ ...ended, asked: asked() }).toMatchObject({ code: 0, asked: 3 });
    expect(result).toMatchObject({ type: 'result', result: 'ok ok' });
    const description = JSON.parse(read(made, `state/runs/${result.runId}/run.json`)) as unknown;
    expect(description).toMatchObject({ args: { n: 1 }, options: { caps: { costUsd: 4.75 } } });
  });

  test('is saved under its name, or written to a file, and neither is written over', async () => {
    const { made, asked } = project(GOOD, GOOD, GOOD);
    const saved = await made.run(['new', 'ask twice', '--save', '-q']);
    expect(saved).toMatchObject({ code: 0, stdout: `${made.cwd}/.claude/workflows/both.js\n` });
    const again = await made.run(['new', 'ask twice, again', '--save', '-q']);
    expect(again).toMatchObject({ code: 0 });
    const out = await made.run(['new', 'ask twice', '--out', 'mine.js', '-q']);
    expect(out).toMatchObject({ code: 0, stdout: `${made.cwd}/mine.js\n` });
    expect(read(made, 'mine.js')).toBe(GOOD);
    const there = await made.run(['new', 'ask twice', '--out', 'mine.js']);
    expect(there).toMatchObject({
      code: 2,
      stderr: 'andwait: --out "mine.js" is there already; name a new file\n',
    });
    symlinkSync('nowhere', path.join(made.cwd, 'link.js'));
    const link = await made.run(['new', 'ask twice', '--out', 'link.js']);
    expect(link.stderr).toBe('andwait: --out "link.js" is there already; name a new file\n');
    const lost = await made.run(['new', 'ask twice', '--out', 'none/mine.js']);
    expect(lost).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no folder ') as string });
    expect(asked()).toBe(3);
  });

  test('as one object, with what it would be run with', async () => {
    const { made } = project({ script: GOOD, args: { files: ["it's"] } });
    const { stdout } = await made.run(['new', '-', '--json', '-q'], { stdin: 'ask twice\n' });
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'script',
      status: 'completed',
      script: GOOD,
      drafts: 1,
      args: { files: ["it's"] },
      command: expect.stringContaining(`--args '{"files":["it'\\''s"]}'`) as string,
      explanation: { meta: { name: 'both' }, steps: [{ kind: 'agent', line: 3 }] },
      rehearsal: { agents: [{ phase: 'Ask' }, { phase: 'Ask' }], failed: 0 },
      costUsd: 0.25,
    });
  });
});

describe('a script that is none', () => {
  test('is handed back with what was found: a slip, a way out, a name that is not there', async () => {
    const head = "export const meta = { name: 'n', description: 'd' }\n";
    const { made, asked, prompt } = project(
      `${head}return await agent('x'`,
      `${head}const fs = await import('node:fs')\nreturn fs`,
      `${head}await agent('x')\nprocess.exit(0)`,
      GOOD,
    );
    const { code, stdout, stderr } = await made.run(['new', 'ask twice']);
    expect({ code, stdout, asked: asked() }).toEqual({ code: 0, stdout: GOOD, asked: 4 });
    expect(prompt(2)).toMatch(/It was refused: Unexpected token \(draft-1\.js:\d/);
    expect(prompt(3)).toContain('It was refused: `import()` is not available');
    expect(prompt(4)).toContain('ReferenceError: process is not defined');
    expect(prompt(4)).toContain('draft-3.js:3');
    expect(stderr).toContain('draft 2 is handed back: `import()` is not available');
  });

  test('and never becomes one: a clear end, and the last is kept', async () => {
    const { made, asked } = project('one', 'two', 'three', 'export const meta = 4', GOOD);
    const { code, stdout, stderr } = await made.run(['new', 'ask twice', '--out', 'mine.js', '--yes']);
    const [runId = ''] = made.runIds();
    const last = path.join(made.state, 'runs', runId, 'draft-4.js');
    expect({ code, stdout, asked: asked() }).toEqual({ code: 1, stdout: '', asked: 4 });
    expect(stderr).toContain(
      'none of 4 drafts is a script that can run; the last one: meta must be an object',
    );
    expect(stderr).toContain(`andwait: no valid script came of it; the last draft is kept in ${last}\n`);
    expect(readFileSync(last, 'utf8')).toBe('export const meta = 4\n');
    expect(existsSync(path.join(made.cwd, 'mine.js'))).toBe(false);
  });

  test('and a cap is reached: which one, and what to type then', async () => {
    const { made, asked } = project('one', GOOD);
    const { code, stdout, stderr } = await made.run(['new', 'ask twice', '--max-cost', '0.2']);
    expect({ code, stdout, asked: asked() }).toEqual({ code: 75, stdout: '', asked: 1 });
    expect(stderr).toMatch(
      /^andwait: there is no going on with it; begin anew: andwait new --max-cost [\d.]+ TASK$/m,
    );
  });

  test('does not come to its end, asks for agents without end, or opens files by path', async () => {
    const head = "export const meta = { name: 'n', description: 'd' }\n";
    const { made, prompt } = project(
      `${head}await agent('x')\nfor (;;) {}`,
      `${head}while (true) await parallel(Array.from({ length: 50 }, () => () => agent('x')))`,
      `${head}return await workflow({ scriptPath: '/etc/passwd' })`,
      GOOD,
    );
    const args = ['new', 'ask twice', '-q', '--max-agents', '100'];
    const { code } = await made.run(args, { env: { ANDWAIT_SCRIPT_SYNC_SECONDS: '0.3' } });
    expect(code).toBe(0);
    expect(prompt(2)).toMatch(/It was refused: in a rehearsal without args, after 1 agents, .* without/);
    expect(prompt(3)).toContain('it asked for more than the 100 agents that a run may have');
    expect(prompt(4)).toContain('workflow() is to name a saved workflow here');
  });
});

test('an agent that comes to nothing is an end, too', async () => {
  const { made } = project();
  const { code, stdout, stderr } = await made.run(['new', 'ask twice', '--json']);
  expect(code).toBe(1);
  expect(stderr).toContain('the model gave no script');
  expect(JSON.parse(stdout)).toMatchObject({ type: 'script', status: 'failed', script: null, path: null });
});

test('Ctrl-C ends the agent and the run', async () => {
  const { made } = project();
  made.agent('echo started >> started; exec sleep 60');
  const running = startAndwait({ argv: ['new', 'x'], env: made.env, cwd: made.cwd, homeDir: made.cwd });
  await until(() => existsSync(path.join(made.cwd, 'started')));
  running.signal('SIGINT');
  const { code, stdout } = await running.ended;
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
});

describe('refused before anybody is paid', () => {
  test.each([
    [['new', 'x', '--run'], 'there is no terminal to ask at'],
    [['new', ' '], 'the task is empty'],
    [['new', 'x', '--user'], '--user says where to save'],
    [['new', 'x', '--save', '--out', 'f.js'], 'both --save and --out'],
    [['new', '-', '--args', '-'], 'are read from stdin'],
    [['new', 'review', 'all', 'files'], 'quote the whole of it'],
    [['new'], 'the task is empty'],
  ])('%j', async (argv, message) => {
    const { made, asked } = project(GOOD);
    const { code, stdout, stderr } = await made.run(argv);
    expect({ code, stdout, asked: asked(), runs: made.runIds() }).toEqual({
      code: 2,
      stdout: '',
      asked: 0,
      runs: [],
    });
    expect(stderr).toContain(message);
  });

  test('where workflows are turned off', async () => {
    const { made, asked } = project(GOOD);
    const { code, stderr } = await made.run(['new', 'x'], { env: { CLAUDE_CODE_DISABLE_WORKFLOWS: '1' } });
    expect({ code, asked: asked() }).toEqual({ code: 2, asked: 0 });
    expect(stderr).toContain('workflows are turned off');
  });
});

test('a rehearsal of it all writes a sample, and costs nothing', async () => {
  const { made, asked } = project();
  const { code, stdout } = await made.run(['new', 'x', '--rehearse', '--yes', '-q']);
  expect({ code, asked: asked() }).toEqual({ code: 0, asked: 0 });
  expect(stdout).toMatch(/\(rehearsal\)\n$/);
});

describe('andwait docs', () => {
  test('lists the guides, prints one, and makes a skill of it', async () => {
    const { made } = project();
    const list = await made.run(['docs']);
    expect(list.stdout).toMatch(/^authoring +Writing workflow scripts$/m);
    expect(list.stdout).toMatch(/^\/audit +Holds every file against one question/m);
    const readme = await made.run(['docs', '/audit']);
    expect(readme.stdout).toMatch(/^# audit\n/);
    expect((await made.run(['docs', 'audit'])).stdout).toBe(readme.stdout);
    const guide = await made.run(['docs', 'authoring']);
    expect(guide.stdout).toMatch(/^# Writing workflow scripts\n/);
    const skill = await made.run(['docs', 'authoring', '--skill']);
    const [, front = '', rest] = /^---\n(.*?)\n---\n\n(.*)$/s.exec(skill.stdout) ?? [];
    expect(front).toMatch(/^name: andwait-authoring\ndescription: "How to write workflow scripts [^\n]*"$/);
    expect(rest).toBe(guide.stdout);
  });

  test.each([
    [['docs', 'nothing'], 'there is no guide "nothing"; there are: authoring'],
    [['docs', '../guides/authoring'], 'there is no guide "../guides/authoring"'],
    [['docs', '/audit', '--skill'], '/audit is no skill'],
    [['docs', '--skill'], 'say which, as in: andwait docs authoring --skill'],
  ])('%j is refused', async (argv, message) => {
    const { code, stderr } = await project().made.run(argv);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

test.each(scriptsOfGuide().whole)(
  'the whole script at line $line of the guide ends on samples',
  async ({ text }) => {
    const { made } = project();
    made.write('guide.js', text);
    const { code, stderr } = await made.run(['run', 'guide.js', '--rehearse']);
    expect(stderr).not.toContain('failed');
    expect(code).toBe(0);
  },
);

test('andwait explain says in words what a script will do, and as one object', async () => {
  const { made } = project();
  made.write('s.js', GOOD);
  const { stdout } = await made.run(['explain', 's.js']);
  expect(stdout).toBe(`both: Asks twice
  phases     Ask
  args       none are read
  calls      Ask:
               line 3: an agent, parallel, for each of ['a', 'b'] (2 times)
                 asks "Say …"
                 gives text
  returns    said.filter(Boolean).join(' ') (line 4)
`);
  const json = JSON.parse((await made.run(['explain', 's.js', '--json'])).stdout) as unknown;
  expect(json).toMatchObject({ meta: { name: 'both' }, warnings: [], args: [] });
  expect(await made.run(['explain', 'none.js'])).toMatchObject({ code: 2 });
});
