/** The demo as `make demo` runs it, and the workflow it shows, with agents that fail at each of its stages. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Ended,
  type Environment,
  ShellProject,
  suiteFolder,
  twoAtOnce,
} from '../support/programs/shell-project.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DEMO = path.join(ROOT, 'recipes/demo.sh');
const WORKFLOW = path.join(ROOT, 'recipes/find-verify-summarise.js');
const suite = suiteFolder();

interface Told {
  readonly confirmed: readonly {
    readonly title: string;
    readonly votes: number;
    readonly verdicts: number;
  }[];
  readonly rejected: number;
  readonly report: string | null;
}

const key: Environment = { ANTHROPIC_API_KEY: 'k' };
const INSTALL = /^ {2}for real: install Claude Code \(npm install .*\), or set ANTHROPIC_API_KEY, then$/m;
const run = (flags = '') => new RegExp(`^    andwait run recipes/find-verify-summarise.js${flags}$`, 'm');

/** The demo's hints are the shell's: for these a `node` that does nothing is enough. */
const IDLE_NODE = '/bin/true';

async function demo(claude: string | undefined, { cwd, ...env }: Environment): Promise<Ended> {
  const project = new ShellProject(suite);
  if (claude !== undefined) project.agent(claude);
  const options = { env, cwd: cwd ?? project.cwd };
  return await twoAtOnce.add(() => project.startProgram('/bin/sh', [DEMO], options).ended);
}

describe('the demo', () => {
  test('tells a story: some findings stood, some did not', async () => {
    const { code, stdout, stderr } = await demo(undefined, { cwd: ROOT, NODE: process.execPath });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^run +find-verify-summarise .*, agents: andwait-print/);
    const [shown, result = ''] = stdout.split('\n').filter(Boolean);
    expect(shown).toBe(
      '$ node dist/andwait.js run recipes/find-verify-summarise.js --rehearse --agent print',
    );
    const { confirmed, rejected, report } = JSON.parse(result) as Told;
    expect(confirmed.length).toBeGreaterThan(1);
    expect(confirmed.every(({ votes }) => votes >= 2)).toBe(true);
    expect(rejected).toBeGreaterThan(0);
    expect(report).toContain('(rehearsal)');
  });

  test.concurrent.each([
    ['neither claude nor key', undefined, {}, [INSTALL, run()]],
    ['a claude on PATH', 'exit 1', {}, [/with the claude on your PATH \(this costs tokens\)/, run()]],
    [
      'a key',
      undefined,
      key,
      [/with the key in your environment \(this costs tokens\)/, run(' --agent print')],
    ],
    ['both: the claude is taken', 'exit 1', key, [/with the claude on your PATH/, run()]],
  ] as const)('says what to type next: %s', async (_name, claude, more, hints) => {
    const { code, stdout } = await demo(claude, { ...more, cwd: ROOT, NODE: IDLE_NODE });
    expect(code).toBe(0);
    for (const hint of hints) expect(stdout).toMatch(hint);
    expect(stdout.match(/^ {4}andwait run /gm)).toHaveLength(1);
  });

  test('from elsewhere its commands name whole paths', async () => {
    const { stdout } = await demo(undefined, { NODE: IDLE_NODE });
    expect(stdout).toContain(`\n    export PATH="${ROOT}/bin:$PATH"\n`);
    expect(stdout).toContain(`\n    andwait run ${ROOT}/recipes/find-verify-summarise.js\n`);
  });

  test('the line that it gives for PATH makes the commands there are', async () => {
    const { stdout } = await demo(undefined, { cwd: ROOT, NODE: IDLE_NODE });
    const [line = ''] = /^ {4}export .*$/m.exec(stdout) ?? [];
    const command = `${line}\nandwait --version && andwait-print --version`;
    const PATH = `${path.dirname(process.execPath)}:/usr/bin:/bin`;
    const project = new ShellProject(suite);
    const ended = await project.startProgram('/bin/sh', ['-c', command], { cwd: ROOT, env: { PATH } }).ended;
    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n.*andwait-print.*\n$/),
    });
  });
});

/** Answers each prompt that begins as one of these, in sh patterns; fails at all others. */
function agentThat(answers: Readonly<Record<string, unknown>>): string {
  const cases = Object.entries(answers).map(
    ([pattern, answer]) => `${pattern}) say '${JSON.stringify(answer)}' ;;`,
  );
  return `
say() { printf '{"type":"result","subtype":"success","is_error":false,"result":"text","structured_output":%s,"session_id":"s"}\\n' "$1"; }
prompt=$(cat)
case $prompt in
${cases.join('\n')}
*) exit 1 ;;
esac`;
}

const findings = { findings: [{ title: 'a leak', file: 'a.js', severity: 'low' }] };
const real = { real: true, why: 'seen' };
const unreal = { real: false, why: 'not seen' };

describe('the workflow, where agents fail', () => {
  test.concurrent.each([
    [
      'all of them',
      {},
      3,
      { confirmed: [], rejected: 0, report: 'No finding stood.' },
      ['not searched, because the agent failed: one, two', '0 of 0 findings stood'],
    ],
    [
      'one angle',
      { '*"at two "*': findings, '"Show that"*': real, Reproduce: real },
      0,
      { confirmed: [], rejected: 1 },
      [
        'not searched, because the agent failed: one',
        'dropped, because too few sceptics answered: a leak',
        '0 of 1 findings stood',
      ],
    ],
    [
      'a sceptic, and the report',
      { '"Find "*': findings, '"Show "*': real },
      0,
      { confirmed: [{ votes: 2, verdicts: 2 }, { votes: 2 }], report: null },
      ['2 of 2 findings stood', 'there is no report: its agent failed'],
    ],
    [
      'none of them',
      { '"Find "*': findings, '"Show "*': unreal, '"Reproduce"*': real, '*': 'a report' },
      0,
      { confirmed: [], rejected: 2 },
      ['0 of 2 findings stood'],
    ],
  ] as const)('%s', async (_name, answers, code, told, logged) => {
    const project = new ShellProject(suite);
    project.agent(agentThat(answers));
    const args = ['run', WORKFLOW, '--args', '{"angles":["one","two"]}'];
    const ended = await twoAtOnce.add(() => project.run(args));
    expect(ended.code).toBe(code);
    expect(JSON.parse(ended.stdout)).toMatchObject(told);
    const log = [...ended.stderr.matchAll(/^log +(.*)$/gm)].map(([, text]) => text);
    expect(log).toEqual(logged);
  });
});
