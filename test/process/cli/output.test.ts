/** What comes out where: stdout is the result's alone, stderr the person's, and neither is lost, cut or waited for. */
import { describe, expect, test } from 'vitest';
import { ANDWAIT, ShellProject, suiteFolder, twoAtOnce } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const script = (body: string) => `export const meta = { name: 'x', description: 'd' }\n${body}\n`;
const TEN_MB = 10 * 1024 * 1024;
const project = new ShellProject(suite, {
  'string.js': script(`return 'a "raw" string'`),
  'line.js': script(`return 'ends in a line feed\\n'`),
  'object.js': script(`return { a: [1, null], b: 'é' }`),
  'null.js': script('return null'),
  'undefined.js': script('log("only words")'),
  'throws.js': script(`throw new TypeError('no')`),
  'agents.js': script(`return await parallel([1, 2, 3].map((n) => () => agent('item ' + n)))`),
  'large.js': script(`return 'x'.repeat(${TEN_MB})`),
  'long.js': script(`for (let n = 0; ; n++) await agent('item ' + n)`),
  'args.js': script('return args ?? "none"'),
});

const KEYS = [
  'type',
  'runId',
  'name',
  'status',
  'result',
  'error',
  'calls',
  'usage',
  'costUsd',
  'durationMs',
  'attempts',
];
const run = (...args: string[]) => twoAtOnce.add(() => project.run(['run', ...args, '--rehearse']));
const parsed = (line: string) => JSON.parse(line) as Record<string, unknown>;

describe('text', () => {
  test.concurrent.each([
    ['string.js', 'a "raw" string\n'],
    ['line.js', 'ends in a line feed\n'],
    ['object.js', '{"a":[1,null],"b":"é"}\n'],
    ['null.js', 'null\n'],
    ['undefined.js', 'null\n'],
  ])('%s', async (file, stdout) => {
    const ended = await run(file);
    expect(ended).toMatchObject({ code: 0, stdout });
    expect(ended.stderr).toMatch(/^run +x .*\n[\s\S]*x completed after/);
  });

  test('a script that fails has no result', async () => {
    const { code, stdout, stderr } = await run('throws.js');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/x failed after .*\n +error +TypeError: no\n +at .*throws\.js:2/);
  });
});

describe('json', () => {
  test.concurrent.each([
    ['object.js', 0, { status: 'completed', result: { a: [1, null], b: 'é' }, error: null }],
    ['undefined.js', 0, { status: 'completed', result: null, error: null }],
    ['throws.js', 1, { status: 'failed', result: null, error: { name: 'TypeError', message: 'no' } }],
    ['agents.js', 0, { status: 'completed', calls: { total: 3, done: 3, failed: 0, replayed: 0 } }],
  ])('%s', async (file, code, fields) => {
    const ended = await run(file, '--output', 'json', '--quiet');
    expect(ended.code).toBe(code);
    expect(ended.stdout).toMatch(/^\{.*\}\n$/);
    const object = parsed(ended.stdout);
    expect(Object.keys(object)).toEqual(KEYS);
    expect(object).toMatchObject(fields);
    expect(object['attempts']).toMatchObject([{ attempt: 1, status: object['status'] }]);
    expect(project.runIds()).toContain(object['runId']);
  });
});

test('ndjson: an object a line, the result last and once', async () => {
  const { code, stdout, stderr } = await run('agents.js', '--output', 'ndjson', '--quiet');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const events = stdout.trimEnd().split('\n').map(parsed);
  const types = events.map(({ type }) => type);
  expect(types[0]).toBe('run_started');
  expect(types.filter((type) => type === 'call_settled')).toHaveLength(3);
  expect(types.indexOf('result')).toBe(types.length - 1);
  expect(Object.keys(events.at(-1) ?? {})).toEqual(KEYS);
});

test('result prints what run printed', async () => {
  const { stdout } = await run('object.js', '--output', 'json');
  const { runId } = parsed(stdout);
  expect(await project.run(['result', String(runId)])).toMatchObject({
    code: 0,
    stdout: '{"a":[1,null],"b":"é"}\n',
    stderr: '',
  });
  expect(await project.run(['result', String(runId), '--json'])).toMatchObject({ code: 0, stdout });
});

describe('quiet', () => {
  test.concurrent.each([
    ['agents.js', 0, /^$/],
    ['throws.js', 1, /^andwait: x failed \(run \S+\): TypeError: no\n/],
  ])('%s', async (file, code, stderr) => {
    const ended = await run(file, '-q');
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(stderr);
  });

  test('what a cap ended is told with the command that goes on: it is all that cron mails', async () => {
    const { code, stderr } = await run('agents.js', '-q', '--max-agents', '1');
    expect(code).toBe(75);
    expect(stderr).toMatch(
      /^andwait: x capped .*\nandwait: go on with: andwait resume \S+ --max-agents \d+\n$/,
    );
  });
});

describe('a pipe', () => {
  test('that is read late gets all of 10 MB', async () => {
    const { child, ended, until } = project.start(['run', 'large.js', '--rehearse']);
    child.stdout.pause();
    // The last words before the result: a program that ended here would cut it.
    await until('stderr', 'x completed after');
    child.stdout.resume();
    const { code, stdout } = await ended;
    expect({ code, length: stdout.length }).toEqual({ code: 0, length: TEN_MB + 1 });
  });

  test('whose reader leaves after one line ends the run, as it ends any filter', async () => {
    const started = project.start(['run', 'long.js', '--rehearse', '--output', 'ndjson']);
    await started.until('stdout', '\n');
    started.child.stdout.destroy();
    const { code, stderr } = await started.ended;
    expect(code).toBe(141);
    expect(stderr).toMatch(/x stopped after .*\n +error +Stopped: stopped by SIGPIPE/);
    expect(stderr).not.toMatch(/EPIPE|^\s+at /m);
  });

  test('whose reader left before the result is no success', async () => {
    const { child, ended } = project.start(['run', 'large.js', '--rehearse', '--quiet']);
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 141, stderr: '' });
  });
});

/** Redirections that only a shell can make. */
function inShell(redirected: string, stdin?: 'open') {
  const command = `exec "$0" "$@" ${redirected}`;
  const node = ['-c', command, process.execPath, ANDWAIT];
  return (args: readonly string[]) =>
    project.startProgram('/bin/sh', [...node, ...args], stdin === undefined ? {} : { stdin });
}

describe('streams that are not there', () => {
  test.concurrent.each([
    ['stderr closed', '2>&-', { code: 0, stdout: 'a "raw" string\n', stderr: '' }],
    ['stderr full', '2>/dev/full', { code: 0, stdout: 'a "raw" string\n', stderr: '' }],
    ['stdout closed', '>&-', { code: 0, stdout: '' }],
    ['stdin closed', '<&-', { code: 0, stdout: 'a "raw" string\n' }],
    ['all closed', '<&- >&- 2>&-', { code: 0, stdout: '', stderr: '' }],
  ])('%s', async (_name, redirected, expected) => {
    const ended = await twoAtOnce.add(() => inShell(redirected)(['run', 'string.js', '--rehearse']).ended);
    expect(ended).toMatchObject(expected);
  });

  const full = 'andwait: stdout cannot be written (ENOSPC)\n';
  test.concurrent.each([
    ['run', ['run', 'string.js', '--rehearse', '-q'], full],
    ['list', ['list'], full],
    ['help', ['--help'], full],
  ])('a full disk behind stdout: %s', async (_name, args, stderr) => {
    const ended = await twoAtOnce.add(() => inShell('>/dev/full')(args).ended);
    expect(ended).toMatchObject({ code: 1, stderr });
  });

  test('a full disk behind ndjson stops the run, which can go on', async () => {
    const { code, stderr } = await inShell('>/dev/full')([
      'run',
      'long.js',
      '--rehearse',
      '--output',
      'ndjson',
    ]).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/stopped by a failed write to stdout \(ENOSPC\)[\s\S]*go on with: andwait resume/);
  });

  test('a terminal that went away behind stderr', async () => {
    const { child, ended } = project.start(['run', 'agents.js', '--rehearse']);
    child.stderr.destroy();
    expect(await ended).toMatchObject({ code: 0, stdout: expect.stringContaining('item 3') as string });
  });
});

describe('stdin', () => {
  test('that never ends is not waited for', async () => {
    const { ended, child } = project.start(['run', 'args.js', '--rehearse', '-q'], { stdin: 'open' });
    child.stdin.write('{"not":"read"}');
    expect(await ended).toMatchObject({ code: 0, stdout: 'none\n' });
  });

  test('is the args where asked for', async () => {
    const ended = await project.run(['run', 'args.js', '--rehearse', '-q', '--args', '-'], {
      stdin: '{"n":1}',
    });
    expect(ended).toMatchObject({ code: 0, stdout: '{"n":1}\n' });
  });

  test('that never ends, where it is asked for, gives way to Ctrl-C', async () => {
    const hang = project.start(['run', 'args.js', '--rehearse', '--args', '-'], { stdin: 'open' });
    // More than a pipe holds: once it is written, most of it has been read.
    await new Promise((resolve) => hang.child.stdin.write(`"${'x'.repeat(TEN_MB)}`, resolve));
    hang.child.kill('SIGINT');
    expect(await hang.ended).toMatchObject({ code: 130, stdout: '', stderr: '' });
  });
});
