/** `andwait map` as a shell uses it: what goes in, what comes out, and what the shell is told. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ANDWAIT, ShellProject, suiteFolder, twoAtOnce } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
/** Answers with its prompt; fails where that says so. */
const ECHO = `prompt=$(cat; echo x); prompt=\${prompt%x}
case "$prompt" in *bad*) echo "no way" >&2; exit 3;; esac
printf '%s' "$prompt" | "${process.execPath}" -e '
const text = require("node:fs").readFileSync(0, "utf8")
const usage = { input_tokens: 1, output_tokens: 2 }
console.log(JSON.stringify({ type: "result", subtype: "success", is_error: false, result: "<" + text + ">", session_id: "s", usage, total_cost_usd: 0.5 }))'`;

function echoing(): ShellProject {
  const project = new ShellProject(suite);
  project.agent(ECHO);
  return project;
}

type Line = Readonly<Record<string, unknown>>;
const records = (stdout: string): Line[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

function map(project: ShellProject, args: readonly string[], stdin = '') {
  return twoAtOnce.add(() => project.run(['map', ...args], { stdin }));
}

describe('records', () => {
  test('one an item, whatever became of it', async () => {
    const project = echoing();
    const { code, stdout, stderr } = await map(project, ['Review {} ({#})', '-k'], 'a\n\nbad\nc');
    expect(code).toBe(3);
    const [first, second, third, ...more] = records(stdout);
    expect(first).toEqual({
      seq: 1,
      input: 'a',
      outcome: 'reply',
      value: '<Review a (1)>',
      usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 0, cacheCreationTokens: 0 },
      costUsd: 0.5,
      durationMs: expect.any(Number) as number,
      call: expect.any(Number) as number,
    });
    expect(second).toMatchObject({ seq: 2, input: 'bad', outcome: 'no-result', value: null });
    expect(String(second?.['error'])).toContain('no way');
    expect(third).toMatchObject({ seq: 3, input: 'c', value: '<Review c (3)>' });
    expect(more).toEqual([]);
    expect(stderr).toMatch(/^failed +#\d+ bad: .*no-result/m);
    expect(stderr).toMatch(
      /map Review \{\} \(\{#\}\) completed after .*\n +items +3 items: 2 replied, 1 failed\n/,
    );
    const [runId] = project.runIds();
    expect(stderr).toMatch(new RegExp(`go on with the same input: andwait map --resume ${runId}\\n$`));
    const list = await project.run(['list']);
    expect(list.stdout).toMatch(new RegExp(`${runId} +map Review \\{\\} .*completed`));
    const result = await project.run(['result', String(runId)]);
    expect(JSON.parse(result.stdout)).toEqual({
      read: 3,
      replied: 2,
      failed: 1,
      skipped: 0,
      replayed: 0,
      stopped: 0,
      unrun: 0,
    });
    expect((await project.run(['logs', String(runId)])).stdout).toMatch(/^ +\d+ +bad +no-result/m);
  });

  test('of a schema the value, checked', async () => {
    const schema = '{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}';
    const project = new ShellProject(suite, { 'schema.json': schema });
    const given = await map(project, ['{}', '--schema', schema, '--rehearse', '-q'], 'a\n');
    expect(records(given.stdout)).toMatchObject([{ value: { n: expect.any(Number) as number } }]);
    expect(await map(project, ['{}', '--schema', 'schema.json', '--rehearse', '-q'], 'a\n')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"value":{"n"') as string,
    });
  });

  test('an item is never read by a shell', async () => {
    const project = echoing();
    const nasty = '$(touch pwned) `touch pwned` "; touch pwned; \' $HOME \\n';
    const { stdout } = await map(project, ['say {}', '-q'], `${nasty}\n`);
    expect(records(stdout)).toMatchObject([{ input: nasty, value: `<say ${nasty}>` }]);
    expect(readdirSync(project.cwd)).not.toContain('pwned');
  });

  test.each([
    ['NUL', 'a\0b', 'a\0b'],
    ['a megabyte', 'x'.repeat(1_000_000), 'x'.repeat(1_000_000)],
    ['CRLF', 'a\r', 'a'],
    ['U+2028', 'a\u2028b', 'a\u2028b'],
  ])('%s', async (_name, line, input) => {
    const { code, stdout } = await map(new ShellProject(suite), ['--rehearse', '-q'], `${line}\n`);
    expect(code).toBe(0);
    expect(records(stdout)).toMatchObject([{ input }]);
  });
});

describe('names', () => {
  test('of records, found out by the first line', async () => {
    const input = '{"file":"a.c","at":{"line":3}}\nno record\n{"file":"b.c"}\n';
    const ended = await map(echoing(), ['Fix {file}:{at.line}', '-k'], input);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('the first line is a JSON object');
    expect(records(ended.stdout)).toMatchObject([
      { input: { file: 'a.c', at: { line: 3 } }, value: '<Fix a.c:3>' },
      { input: 'no record', outcome: 'invalid-input', error: 'item 2 is not JSON: "no record"', call: null },
      { outcome: 'invalid-input', error: 'item 3 has no field "at.line"; its fields are file' },
    ]);
  });

  test.each([
    ['csv', 'name,text\n"x, y","line one\nline two"\n'],
    ['tsv', 'name\ttext\nx, y\tline one\n'],
  ])('of %s columns', async (kind, input) => {
    const { stdout } = await map(
      echoing(),
      ['{text} by {name}', '--input', kind, '-q', '--output', 'text'],
      input,
    );
    expect(stdout).toBe(kind === 'csv' ? '<line one\nline two by x, y>\n' : '<line one by x, y>\n');
  });

  test('a column that is not there is refused before anything runs', async () => {
    const project = echoing();
    const ended = await map(project, ['{nmae}', '--input', 'csv'], 'name,text\nx,y\n');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(
      'the template asks for {nmae}, and the header names no such column; its fields are name, text',
    );
    expect(project.runIds()).toEqual([]);
  });
});

test('text, tagged', async () => {
  const { stdout } = await map(echoing(), ['say {}', '--output', 'text', '--tag', '-k', '-q'], 'a\nbad\nb\n');
  expect(stdout).toBe('a\t<say a>\nb\t<say b>\n');
});

test('--dry-run prints the prompts and makes no run', async () => {
  const project = new ShellProject(suite);
  expect(await map(project, ['{#}. {}', '--dry-run'], 'a\nb\n')).toEqual({
    code: 0,
    signal: null,
    stdout: '1. a\n2. b\n',
    stderr: '',
  });
  const { stdout } = await map(project, ['{a}', '--dry-run', '--output', 'ndjson'], '{"a":1}\n{}\n');
  expect(records(stdout)).toMatchObject([
    { seq: 1, prompt: '1' },
    { seq: 2, outcome: 'invalid-input' },
  ]);
  expect(project.runIds()).toEqual([]);
});

test('nothing on stdin is nothing to do', async () => {
  const project = new ShellProject(suite);
  expect(await map(project, ['x', '--rehearse'], '\n')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'andwait: no items\n',
  });
  expect(project.runIds()).toEqual([]);
});

test.runIf(process.platform === 'linux')('a stdin that cannot be read is not an empty one', async () => {
  const project = new ShellProject(suite);
  const line = `exec "${process.execPath}" "${ANDWAIT}" map '{}' --rehearse < /tmp`;
  expect(await project.startProgram('/bin/sh', ['-c', line]).ended).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^andwait: stdin cannot be read \(EISDIR\)/) as string,
  });
});

describe('exit code', () => {
  test.concurrent.each([
    ['one failure', [], 3],
    ['fewer than --fail-on', ['--fail-on', '2'], 0],
    ['a share', ['--fail-on', '25%'], 3],
    ['a smaller share', ['--fail-on', '26%'], 0],
    ['failures that do not count', ['--fail-on', 'off'], 0],
    ['a cap', ['--max-agents', '2'], 75],
    ['a budget', ['--budget-tokens', '2', '-j1'], 75],
    ['halted by a success', ['--halt', 'now,success=1', '-j1'], 0],
    ['halted by a failure', ['--halt', 'soon,fail=1', '-j1'], 3],
  ])('%s: %j is %i', async (_name, flags, code) => {
    const ended = await map(echoing(), ['{}', '-q', ...flags], 'a\nbad\nc\nd\n');
    expect(ended.code).toBe(code);
  });

  test.concurrent.each([
    [['--halt', 'x'], /--halt "x": expected/],
    [['--schema', '{"type":"string"}'], /--schema cannot be used: the root of the schema/],
    [['--schema', '{bad'], /--schema "\{bad" is not JSON: /],
    [['--resume', 'latest'], /--resume "latest": no id of a run/],
    [['--schema', 'none.json'], /--schema "none\.json" cannot be read \(ENOENT\)/],
    [['--input', 'xml'], /--input "xml": expected lines, nul, ndjson, tsv or csv/],
    [['--resume', '20990101'], /there is no run "20990101"/],
    [['--cwd', 'nowhere'], /folder .*nowhere" does not exist/],
    [['two words', 'more'], /too many words: "more"; map takes one TEMPLATE/],
  ])('%j is a usage error', async (flags, message) => {
    const project = new ShellProject(suite);
    const ended = await map(project, ['--rehearse', ...flags], 'a\n');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(message);
    expect(project.runIds()).toEqual([]);
  });

  test('a run that is no map is not resumed as one', async () => {
    const project = new ShellProject(suite, {
      'x.js': "export const meta = { name: 'x', description: 'd' }\nreturn 1\n",
    });
    await project.run(['run', 'x.js', '--rehearse', '-q']);
    const [runId = ''] = project.runIds();
    const ended = await map(project, ['--resume', runId, '--rehearse'], 'a\n');
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toContain(
      `run ${runId} is no map (it is of kind "workflow"); go on with: andwait resume ${runId}`,
    );
  });
});

test('--results and --joblog', async () => {
  const project = echoing();
  const flags = ['--results', 'out', '--joblog', 'log', '-j1', '-q', '--retries', '2'];
  expect((await map(project, ['ask {}', ...flags], 'a\nbad\n')).code).toBe(3);
  const read = (...name: string[]) => readFileSync(path.join(project.cwd, ...name), 'utf8');
  expect(read('out', '1', 'stdout')).toBe('<ask a>\n');
  expect(read('out', '1', 'stderr')).toBe('');
  expect(read('out', '2', 'stdout')).toBe('');
  expect(read('out', '2', 'stderr')).toContain('no way');
  expect(read('out', '2', 'input')).toBe('bad');
  expect(JSON.parse(read('out', '1', 'record.json'))).toMatchObject({ seq: 1, value: '<ask a>' });
  const [header, ...lines] = read('log').trimEnd().split('\n');
  expect(header).toBe('Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand');
  expect(lines.map((line) => line.split('\t'))).toEqual([
    [
      '1',
      ':',
      expect.stringMatching(/^\d{10}\.\d{3}$/),
      expect.stringMatching(/^ {3,}\d+\.\d{3}$/),
      '5',
      '8',
      '0',
      '0',
      'ask a',
    ],
    ['2', ':', expect.any(String), expect.any(String), '7', '0', '1', '0', 'ask bad'],
  ]);
});

test('an agent that takes too long fails with a timeout', async () => {
  const project = new ShellProject(suite);
  project.agent('exec sleep 60');
  const { code, stdout } = await map(project, ['{}', '--timeout', '0.2', '-q'], 'a\n');
  expect(code).toBe(3);
  expect(records(stdout)).toMatchObject([{ outcome: 'timeout', value: null }]);
});
