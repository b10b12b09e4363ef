/** What a run, a map and a recipe come to when the model API refuses them: an end from which exactly the rest goes on. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();

const OK =
  '{"type":"result","subtype":"success","is_error":false,"result":"ok","num_turns":1,"total_cost_usd":0.01,"usage":{"input_tokens":1,"output_tokens":1},"session_id":"s"}';
/** A week from now: a reset much further away is not believed. */
const RESET_DAY = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
const USED_UP = JSON.stringify({
  type: 'result',
  subtype: 'success',
  is_error: true,
  terminal_reason: 'api_error',
  api_error_status: 429,
  result: `You have reached your specified API usage limits. You will regain access on ${RESET_DAY} at 00:00 UTC.`,
});

/** Answers as long as it finds a ticket, and keeps who was answered and who was not. */
const AGENT = `
prompt=$(cat)
for ticket in tickets/*; do
  if rm "$ticket" 2>/dev/null; then echo "$prompt" >> answered; printf '%s\\n' '${OK}'; exit 0; fi
done
echo "$prompt" >> refused
printf '%s\\n' '${USED_UP}'
exit 1
`;

function issue(project: ShellProject, tickets: number): void {
  const folder = path.join(project.cwd, 'tickets');
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < tickets; n += 1) writeFileSync(path.join(folder, String(n)), '');
}

function linesIn(project: ShellProject, file: string): string[] {
  return readFileSync(path.join(project.cwd, file), 'utf8').trim().split('\n');
}

function resultOf(project: ShellProject) {
  const [runId = ''] = readdirSync(path.join(project.state, 'runs'));
  const file = path.join(project.state, 'runs', runId, 'result.json');
  return { runId, result: JSON.parse(readFileSync(file, 'utf8')) };
}

test('an account that is used up after 100 of 300 agents: 75, and the other 200 when it goes on', async () => {
  const script = `export const meta = { name: 'many', description: 'd' }
return (await parallel(Array.from({ length: 300 }, (_, n) => () => agent('item ' + n)))).filter(Boolean).length
`;
  const project = new ShellProject(suite, { 'many.js': script });
  project.agent(AGENT);
  issue(project, 100);
  const env = { ANDWAIT_SLOTS: '8' };
  const first = await project.run(['run', 'many.js', '-j', '8'], { env });
  expect(first.code, first.stderr).toBe(75);
  expect(first.stderr).toContain('quota: You have reached your specified API usage limits.');
  expect(first.stderr).toContain(`there is more at ${RESET_DAY} 00:00 UTC`);
  const { runId, result } = resultOf(project);
  expect(result).toMatchObject({
    status: 'paused',
    pause: { cause: 'quota' },
    calls: { done: 100, failed: 0 },
  });
  expect(first.stderr).toContain(`go on with: andwait resume ${runId}`);
  expect(linesIn(project, 'refused').length).toBeLessThanOrEqual(8);

  // The account is still used up: one call finds out.
  const refused = linesIn(project, 'refused').length;
  expect((await project.run(['resume', runId], { env })).code).toBe(75);
  expect(linesIn(project, 'refused')).toHaveLength(refused + 1);

  issue(project, 300);
  const last = await project.run(['resume', runId], { env });
  expect(last, last.stderr).toMatchObject({ code: 0, stdout: '300\n' });
  const answered = linesIn(project, 'answered');
  expect(answered).toHaveLength(300);
  expect(new Set(answered).size).toBe(300);
});

test('a map says of no item that it failed', async () => {
  const project = new ShellProject(suite);
  project.agent(AGENT);
  issue(project, 2);
  const stdin = 'a\nb\nc\nd\n';
  const first = await project.run(['map', 'say {}', '-j', '1', '-q'], { stdin });
  expect(first.code, first.stderr).toBe(75);
  expect(first.stdout).not.toContain('api-error');
  const { runId, result } = resultOf(project);
  expect(result).toMatchObject({ status: 'paused', result: { replied: 2, failed: 0 } });
  issue(project, 2);
  const last = await project.run(['map', '--resume', runId, '-q'], { stdin });
  expect(last.code, last.stderr).toBe(0);
  expect(linesIn(project, 'answered')).toHaveLength(4);
});

test('a recipe whose key is refused calls no second time, whatever it makes of the first', async () => {
  const project = new ShellProject(suite);
  project.agent('echo x >> refused; echo "Invalid API key · Fix external API key"; exit 1');
  const recipe = 'for n in 1 2 3; do claude -p "item $n" </dev/null; done; exit 0';
  const ended = await project.start(['exec', '--', 'sh', '-c', recipe]).ended;
  expect(ended.code, ended.stderr).toBe(75);
  expect(ended.stdout).toBe('Invalid API key · Fix external API key\n');
  expect(ended.stderr).toContain('the model API refuses the credentials');
  expect(linesIn(project, 'refused')).toHaveLength(1);
  expect(resultOf(project).result).toMatchObject({ status: 'paused', pause: { cause: 'credentials' } });
});

test('what a recipe’s own call hears in its stream slows the pool while the call still runs', async () => {
  const project = new ShellProject(suite);
  const retry =
    '{"type":"system","subtype":"api_retry","attempt":1,"max_retries":10,"retry_delay_ms":60000,"error_status":529,"error":"overloaded"}';
  project.agent(`printf '%s\\n' '${retry}'; read -r go < go; printf '%s\\n' '${OK}'`);
  execFileSync('mkfifo', [path.join(project.cwd, 'go')]);
  const call = 'claude -p x --output-format stream-json --verbose </dev/null';
  const running = project.start(['exec', '--', 'sh', '-c', call]);
  await running.until('stdout', 'api_retry');
  let cause: string | null = null;
  while (cause === null) {
    const { stdout } = await project.run(['pool', 'status', '--json']);
    cause = JSON.parse(stdout).pace.cause;
  }
  expect(cause).toBe('the model API limits requests (529)');
  writeFileSync(path.join(project.cwd, 'go'), 'go\n');
  expect((await running.ended).code).toBe(0);
});
