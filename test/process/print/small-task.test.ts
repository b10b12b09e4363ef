/**
 * A real small task from end to end, on print mode alone: the model's replies are scripted, all else is real. It reads two
 * files, mends both, runs the tests and reports, in a worktree of its own.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { RunFolder } from '../../../src/journal/run-folder.ts';
import type { OutcomeRecord } from '../../../src/wire/records/record.ts';
import { FakeMessagesApi, type FakeRequest, reply } from '../../support/api/fake-messages-api.ts';
import { type Ended, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();

const SUM = 'export const sum = (a, b) => a - b;\n';
const GREET = "export const greet = (name) => 'Hello ' + nane;\n";
const TEST = `set -e
node --input-type=module -e 'import { sum } from "./sum.js"; if (sum(2, 3) !== 5) throw new Error("sum")'
node --input-type=module -e 'import { greet } from "./greet.js"; if (greet("Ann") !== "Hello Ann") throw new Error("greet")'
echo all tests passed
`;
const SCRIPT = `export const meta = { name: 'mend', description: 'mends a program' }
return await agent('Make test.sh pass', { isolation: 'worktree' })
`;
/** As a person would write it: a worktree of its own, the answer taken apart below. */
const RECIPE = `set -e
git worktree add --quiet -b mend ../tree
cd ../tree
claude -p 'Make test.sh pass' --permission-mode acceptEdits --allowedTools 'Bash(sh test.sh)' --output-format json
`;
const REPORT = 'Both are mended; all tests pass.';

let api: FakeMessagesApi;
let project: ShellProject;
let repository: string;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
  api.hold();
  project = new ShellProject(suite, {
    'repository/package.json': '{ "type": "module" }\n',
    'repository/sum.js': SUM,
    'repository/greet.js': GREET,
    'repository/test.sh': TEST,
    'mend.js': SCRIPT,
    'mend.sh': RECIPE,
  });
  repository = path.join(project.cwd, 'repository');
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'broken');
});
afterEach(async () => await api[Symbol.asyncDispose]());

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: repository, env: { PATH: process.env['PATH'] }, encoding: 'utf8' });
}

/** Where a `claude` of anybody's cannot be; the Node under test is where the shim looks for it. */
const PATH = `${path.dirname(process.execPath)}:/usr/bin:/bin`;

async function andwait(...args: readonly string[]): Promise<Ended> {
  return await project.start(args, { cwd: repository, env: { ...api.env(project.cwd), PATH } }).ended;
}

/** Where the agent was told that it is. */
function folderOf({ body }: FakeRequest): string {
  return /Working directory: ([^"\\]+)/.exec(JSON.stringify(body['system']))?.[1] ?? '';
}

function resultsIn({ messages }: FakeRequest): JsonObject[] {
  return messages.at(-1)?.['content'] as unknown as JsonObject[];
}

/** Answers one request after the other, as a model that looks at what came back; tells where the agent worked. */
async function model(): Promise<string> {
  const first = await api.request(1);
  const dir = folderOf(first);
  const file = (name: string): string => path.join(dir, name);
  first.answer(
    reply()
      .text('I look first.')
      .tool('Read', { file_path: file('sum.js') })
      .tool('Read', { file_path: file('greet.js') }),
  );
  const read = await api.request(2);
  expect(resultsIn(read)).toMatchObject([
    { tool_use_id: 'toolu_1_1', content: expect.stringContaining('a - b') as string },
    { tool_use_id: 'toolu_1_2', content: expect.stringContaining('nane') as string },
  ]);
  read.answer(reply().tool('Edit', { file_path: file('sum.js'), old_string: 'a - b', new_string: 'a + b' }));
  const edited = await api.request(3);
  expect(resultsIn(edited)[0]).not.toHaveProperty('is_error');
  edited.answer(
    reply().tool('Edit', { file_path: file('greet.js'), old_string: 'nane', new_string: 'name' }),
  );
  (await api.request(4)).answer(reply().tool('Bash', { command: 'sh test.sh' }));
  const tested = await api.request(5);
  expect(resultsIn(tested)).toMatchObject([{ content: 'all tests passed' }]);
  expect(resultsIn(tested)[0]).not.toHaveProperty('is_error');
  tested.answer(reply().text(REPORT));
  return dir;
}

function expectMended(dir: string): void {
  const text = (name: string): string => readFileSync(path.join(dir, name), 'utf8');
  expect(text('sum.js')).toBe(SUM.replace('-', '+'));
  expect(text('greet.js')).toBe(GREET.replace('nane', 'name'));
  expect(readFileSync(path.join(repository, 'sum.js'), 'utf8')).toBe(SUM);
  expect(git('status', '--porcelain', '--', 'sum.js', 'greet.js')).toBe('');
}

function outcomeOf(): OutcomeRecord['outcome'] | undefined {
  const [runId = ''] = project.runIds();
  const { records } = readJournal(new RunFolder(project.state, runId).journalFile);
  const outcomes = records.filter((record) => record.type === 'outcome');
  expect(outcomes).toHaveLength(1);
  return outcomes[0]?.outcome;
}

/** Five answers, each of 100 tokens in and 20 out. */
const USAGE = { inputTokens: 500, outputTokens: 100 };

test('an agent of a workflow, isolated', async () => {
  const [ended, dir] = await Promise.all([
    andwait('run', '../mend.js', '--agent', 'print', '--allowed-tools', 'Bash(sh test.sh)', '-q'),
    model(),
  ]);
  expect(ended).toMatchObject({ code: 0, stdout: `${REPORT}\n`, stderr: '' });
  expectMended(dir);
  const outcome = outcomeOf();
  expect(outcome).toMatchObject({ kind: 'reply', text: REPORT, denials: [], usage: USAGE });
  expect(outcome?.costUsd).toBeGreaterThan(0);
  expect(outcome?.worktree).toMatchObject({
    path: dir,
    diffStat: expect.stringContaining('2 files changed'),
  });
  expect(git('branch', '--format=%(refname:short) %(worktreepath)')).toContain(
    `${outcome?.worktree?.branch} ${dir}`,
  );
});

test('a recipe’s `claude -p` where there is no claude', async () => {
  const [ended, dir] = await Promise.all([andwait('exec', '--', 'sh', '../mend.sh'), model()]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const result = JSON.parse(ended.stdout) as JsonObject;
  expect(result).toMatchObject({
    type: 'result',
    is_error: false,
    result: REPORT,
    permission_denials: [],
    usage: { input_tokens: 500, output_tokens: 100 },
  });
  expect(dir).toBe(path.join(project.cwd, 'tree'));
  expectMended(dir);
  const outcome = outcomeOf();
  expect(outcome).toMatchObject({ kind: 'reply', text: REPORT, denials: [], usage: USAGE });
  expect(outcome?.costUsd).toBe(result['total_cost_usd']);
  expect(git('branch', '--format=%(refname:short) %(worktreepath)')).toContain(`mend ${dir}`);
});
