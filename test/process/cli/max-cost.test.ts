/** `--max-cost`: a run, a map and a recipe end at their dollars, and go on with more. */
import { expect, test } from 'vitest';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
/** Each answer costs a quarter. */
const RESULT =
  '{"type":"result","subtype":"success","is_error":false,"result":"ok","total_cost_usd":0.25,"usage":{"output_tokens":1},"session_id":"s"}';
const SCRIPT = `export const meta = { name: 'four', description: 'd' }
let answers = 0
for (let n = 0; n < 4; n += 1) answers += (await agent('item ' + n)) === 'ok' ? 1 : 0
return answers
`;

function project(): ShellProject {
  const made = new ShellProject(suite, { 'four.js': SCRIPT });
  made.agent(`cat > seen; printf '%s\\n' '${RESULT}'`);
  return made;
}

test('a run ends with 75 and says what goes on', async () => {
  const made = project();
  const first = await made.run(['run', 'four.js', '--max-cost', '0.50']);
  const [runId = ''] = made.runIds();
  expect(first.code).toBe(75);
  expect(first.stderr).toContain('the run has cost $0.50 of the $0.5 it may (--max-cost); raise it to go on');
  expect(first.stderr).toMatch(new RegExp(`go on with: andwait resume ${runId} --max-cost 1\\n`));
  const second = await made.run(['resume', runId, '--max-cost', '1']);
  expect(second).toMatchObject({ code: 0, stdout: '4\n' });
});

test('one whose calls parallel() lost to a cap keeps its result, ends with 75 and goes on', async () => {
  const made = project();
  const calls = "['a', 'b', 'c'].map((item) => () => agent(item))";
  const script = `export const meta = { name: 'p', description: 'd' }\nreturn (await parallel(${calls})).length\n`;
  made.write('p.js', script);
  const { code, stdout, stderr } = await made.run(['run', 'p.js', '--max-agents', '2']);
  expect({ code, stdout }).toEqual({ code: 75, stdout: '3\n' });
  expect(stderr).toMatch(/go on with: andwait resume \S+ --max-agents 4\n/);
});

test('a map ends with 75', async () => {
  const made = project();
  const { code, stdout } = await made.run(['map', 'say {}', '-j', '1', '-q', '--max-cost', '0.5'], {
    stdin: 'a\nb\nc\nd\n',
  });
  expect(code).toBe(75);
  expect(stdout.split('\n').filter((line) => line.includes('"outcome":"reply"'))).toHaveLength(2);
});

test('a recipe’s further calls are refused, and --fail-on counts them', async () => {
  const made = project();
  const call = 'claude -p x --output-format json </dev/null >/dev/null 2>&1;';
  const args = [
    'exec',
    '-q',
    '--max-cost',
    '0.5',
    '--fail-on',
    '1',
    '--',
    'sh',
    '-c',
    `${call}${call}${call} true`,
  ];
  expect(await made.start(args).ended).toMatchObject({ code: 3 });
});

test.each(['0', 'five', '-1'])('--max-cost %s is refused in words', async (dollars) => {
  const { code, stderr } = await project().run(['run', 'four.js', `--max-cost=${dollars}`]);
  expect(code).toBe(2);
  expect(stderr).toContain(`--max-cost "${dollars}": expected US dollars above 0, as in 5 or 0.50`);
});
