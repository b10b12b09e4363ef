/** Calls below the shim and the pool: slots, what a SIGKILL leaves, loans, limits, and what becomes of a call without a pool. */
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectToPool } from '../../../src/broker/client/pool-client.ts';
import { isRunning } from '../../support/agents/agent-run.ts';
import { until } from '../../support/looking.ts';
import { poolProgram } from '../../support/pool/pool-program.ts';
import { ANDWAIT, suiteFolder } from '../../support/programs/shell-project.ts';
import { type ShellRun, ShimStage } from '../../support/programs/shim-stage.ts';

const suite = suiteFolder();
const ONE_SLOT = { ANDWAIT_SLOTS: '1' };

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

/** The one run there is. */
function runIdOf(stage: ShimStage): string {
  const runs = stage.runs();
  expect(runs).toHaveLength(1);
  return runs[0] ?? '';
}

/** The agent's pid, once it says `ready`. */
async function agentOf({ child }: ShellRun): Promise<number> {
  const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return Number(/ready (\d+)/.exec(chunk.toString())?.[1]);
}

describe('one slot', () => {
  test('calls of one shell and of others take turns', async () => {
    const stage = new ShimStage(suite);
    const log = path.join(stage.dir, 'log');
    const env = { ...ONE_SLOT, FAKE: 'presence', LOG: log };
    const recipe = 'claude -p a & claude -p b & claude -p c & wait';
    const ended = await Promise.all([stage.run(recipe, { env }), stage.run('exec claude -p d', { env })]);
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    const words = linesOf(log).map((line) => line.split(' '));
    expect(words).toHaveLength(8);
    for (let at = 0; at < words.length; at += 2) {
      expect([words[at]?.[0], words[at + 1]?.[0]]).toEqual(['begin', 'end']);
      expect(words[at]?.[1]).toBe(words[at + 1]?.[1]);
    }
    expect(stage.outcomes(runIdOf(stage))).toHaveLength(4);
  });

  test('kill -9 of the shim ends its agent, and frees the slot', async () => {
    const stage = new ShimStage(suite);
    const first = stage.start('exec claude -p', { env: { ...ONE_SLOT, FAKE: 'hang' } });
    const agent = await agentOf(first);
    first.child.kill('SIGKILL');
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(await stage.run('claude -p next', { env: ONE_SLOT })).toMatchObject({
      code: 0,
      stdout: '<-p>\n<next>\n',
      stderr: '',
    });
    expect(isRunning(agent)).toBe(false);
  });

  test('kill -9 of an agent ends its shim the same way, and frees the slot', async () => {
    const stage = new ShimStage(suite);
    const first = stage.start('exec claude -p', { env: { ...ONE_SLOT, FAKE: 'hang' } });
    process.kill(await agentOf(first), 'SIGKILL');
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' });
    expect(await stage.run('claude -p next', { env: ONE_SLOT })).toMatchObject({ code: 0 });
    expect(stage.outcomes(runIdOf(stage)).map(({ outcome }) => outcome)).toMatchObject([
      { kind: 'failure', reason: 'killed', process: { exitCode: null, signal: 'SIGKILL' } },
      { kind: 'reply' },
    ]);
  });

  test('a signal ends a call that waits, as it would have ended the program', async () => {
    const stage = new ShimStage(suite);
    const until = path.join(stage.dir, 'until');
    const first = stage.start('exec claude -p', { env: { ...ONE_SLOT, FAKE: 'wait', UNTIL: until } });
    await agentOf(first);
    const waiting = stage.start('exec claude -p', { env: { ...ONE_SLOT, FAKE: 'exit', CODE: '9' } });
    await comesToWait(stage);
    waiting.child.kill('SIGTERM');
    expect(await waiting.ended).toMatchObject({ signal: 'SIGTERM', stderr: '' });
    writeFileSync(until, '');
    expect(await first.ended).toMatchObject({ code: 0 });
  });

  test('a nested call borrows the slot of the agent above it, fifty times', async () => {
    const stage = new ShimStage(suite);
    const env = { ...ONE_SLOT, FAKE: 'nested', TIMES: '50' };
    const { code, stdout, stderr } = await stage.run('claude -p', { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^(<-p>\n<inner \d+>\n){50}outer\n$/);
    expect(stage.outcomes(runIdOf(stage))).toHaveLength(51);
  }, 60_000);

  test('ANDWAIT_QUEUE_SECONDS: a call that waits longer exits with 75 and one line', async () => {
    const stage = new ShimStage(suite);
    const until = path.join(stage.dir, 'until');
    const first = stage.start('exec claude -p', { env: { ...ONE_SLOT, FAKE: 'wait', UNTIL: until } });
    await agentOf(first);
    const env = { ...ONE_SLOT, ANDWAIT_QUEUE_SECONDS: '0.1' };
    expect(await stage.run('claude -p late', { env })).toEqual({
      code: 75,
      signal: null,
      stdout: '',
      stderr: 'andwait: claude: no slot of the pool came free within ANDWAIT_QUEUE_SECONDS=0.1\n',
    });
    writeFileSync(until, '');
    expect(await first.ended).toMatchObject({ code: 0 });
  });
});

describe('ANDWAIT_QUEUE_SECONDS', () => {
  test('a paused pool is named as what it is', async () => {
    const stage = new ShimStage(suite);
    const env = { ANDWAIT_QUEUE_SECONDS: '0' };
    const andwait = `"${process.execPath}" "${ANDWAIT}"`;
    const ended = await stage.run(`${andwait} pool pause && claude -p late`, { env });
    expect(ended).toMatchObject({ code: 75, stdout: '' });
    expect(ended.stderr).toMatch(/^andwait: claude: the pool is paused, .*ANDWAIT_QUEUE_SECONDS=0;.*\n$/);
  });

  test('of no number is refused below exec', async () => {
    const stage = new ShimStage(suite);
    const recipe = `"${process.execPath}" "${ANDWAIT}" exec -q -- /bin/sh -c 'claude -p x'`;
    const ended = await stage.run(recipe, { env: { ANDWAIT_QUEUE_SECONDS: 'foo' } });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^andwait: claude: ANDWAIT_QUEUE_SECONDS "foo": expected seconds.*\n$/);
  });

  test('of no number is ignored elsewhere, but for a note', async () => {
    const stage = new ShimStage(suite);
    const ended = await stage.run('claude -p x', { env: { ANDWAIT_QUEUE_SECONDS: '-1' } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(
      linesOf(path.join(stage.state, 'unpooled.ndjson')).map((line) => JSON.parse(line) as object),
    ).toEqual([
      {
        at: expect.any(Number) as number,
        pid: expect.any(Number) as number,
        ignored: expect.stringContaining('ANDWAIT_QUEUE_SECONDS "-1"') as string,
      },
    ]);
    expect(stage.outcomes(runIdOf(stage))).toHaveLength(1);
  });
});

/** One call stands in the pool's queue. */
async function comesToWait(stage: ShimStage): Promise<void> {
  await using client = await connectToPool(poolProgram({ ANDWAIT_HOME: stage.state, HOME: stage.dir }));
  await until(async () => (await client.status()).waiting > 0);
}

test('a stop stops the agent, too, and both go on together', async () => {
  const stage = new ShimStage(suite);
  // Under job control: where nobody could wake the group the kernel stops none.
  const script = `set -m; mkfifo out; claude -p >out & pid=$!; exec 5<out; read -r word agent <&5
    states() { for id in $pid $agent; do read -r line </proc/$id/stat; line=\${line##*) }; printf %s "\${line%% *}"; done; }
    kill -TSTP $pid; until [ "$(states)" = TT ]; do :; done; echo stopped
    kill -CONT $pid; until [ "$(states)" = SS ]; do :; done; echo 'went on'
    kill $pid; wait $pid; echo "$?"`;
  const { stdout } = await stage.run(script, { env: { FAKE: 'hang' } });
  expect(stdout).toBe('stopped\nwent on\n143\n');
});

test.each(['leaves', 'leaves-chatter'])(
  'what an agent leaves behind keeps nobody waiting (%s)',
  async (fake) => {
    const stage = new ShimStage(suite);
    const until = path.join(stage.dir, 'until');
    const script = `claude -p >f; status=$?; touch "${until}"; grep -m1 said f; echo "$status"`;
    const ended = await stage.run(script, { env: { FAKE: fake, UNTIL: until } });
    expect(ended).toMatchObject({ stdout: 'said all\n0\n', stderr: '' });
  },
);

test('a record that cannot be written costs the record, not the call', async () => {
  const stage = new ShimStage(suite);
  await stage.run('claude -p first');
  const agents = path.join(stage.state, 'runs', runIdOf(stage), 'agents');
  rmSync(agents, { recursive: true });
  writeFileSync(agents, 'no folder');
  expect(await stage.run('claude -p second')).toMatchObject({
    code: 0,
    stdout: '<-p>\n<second>\n',
    stderr: '',
  });
  expect(stage.outcomes(runIdOf(stage)).at(-1)?.outcome).toMatchObject({
    kind: 'reply',
    process: { exitCode: 0, stdoutBytes: null },
  });
});

describe('what the journal tells', () => {
  test.each([
    ['text', '', 'argv', { kind: 'reply', text: '<-p>\n', unmetered: true, costUsd: null }],
    [
      'json',
      '--output-format json',
      'json',
      { kind: 'reply', text: '42', costUsd: 0.25, usage: { inputTokens: 3, outputTokens: 5 } },
    ],
    [
      'stream-json',
      '--output-format=stream-json --verbose',
      'stream',
      { kind: 'reply', text: 'streamed', costUsd: 0.5, turns: 2, model: 'some-model', sessionId: 's-1' },
    ],
    [
      'an API error',
      '--output-format json',
      'json-error',
      { kind: 'failure', reason: 'api-error', apiStatus: 529 },
    ],
    ['a bad end', '', 'fail-quietly', { kind: 'failure', reason: 'exit', unmetered: true }],
  ])('%s', async (_name, flags, fake, outcome) => {
    const stage = new ShimStage(suite);
    const { code, stdout } = await stage.run(`claude -p ${flags}`, { env: { FAKE: fake } });
    const [record] = stage.outcomes(runIdOf(stage));
    const bytes = Buffer.byteLength(stdout, 'latin1');
    expect(record?.outcome).toMatchObject({
      ...(fake === 'argv' ? {} : outcome),
      process: { exitCode: code },
    });
    expect(record?.outcome.process).toEqual({ exitCode: code, signal: null, stdoutBytes: bytes });
    const recorded = path.join(stage.state, 'runs', runIdOf(stage), 'agents', `${record?.call}.out`);
    expect(readFileSync(recorded, 'latin1')).toBe(stdout);
    expect(statSync(recorded).mode & 0o777).toBe(0o600);
  });
});

describe('below exec', () => {
  const exec = (words: string): string => `"${process.execPath}" "${ANDWAIT}" exec ${words}`;

  test('a resumed recipe is answered from the journal, whatever its stdin was', async () => {
    const stage = new ShimStage(suite);
    const log = path.join(stage.dir, 'log');
    const recipe = path.join(stage.dir, 'recipe.sh');
    mkdirSync(path.join(stage.dir, 'project'));
    writeFileSync(
      recipe,
      `cd "${stage.dir}/project"; printf 'skipped\\nfrom a file\\n' >q
claude -p null </dev/null
echo 'from a pipe' | claude -p pipe
{ read -r x; claude -p file; } <q
yes line | head -c 3000000 | claude -p much | md5sum
mkfifo silent 2>/dev/null; exec 3<>silent; PATIENCE=0.1 claude -p silent <&3 2>/dev/null
claude -p --input-format stream-json </dev/null
`,
    );
    const env = { FAKE: 'patient', LOG: log };
    const first = await stage.run(exec(`--quiet -- sh ${recipe}`), { env });
    expect(first.stdout).toContain('from a pipe\nanswer pipe\nfrom a file\nanswer file\n');
    expect(linesOf(log)).toHaveLength(6);
    writeFileSync(log, '');
    const again = await stage.run(exec(`--quiet --resume ${runIdOf(stage)} -- sh ${recipe}`), { env });
    expect(again).toEqual(first);
    // An SDK's session is asked anew, always.
    expect(linesOf(log)).toEqual(['called -p --input-format stream-json']);
  }, 60_000);

  test('more on a pipe than is ever hashed goes to the program all the same', async () => {
    const stage = new ShimStage(suite);
    const recipe = `'head -c 40000000 /dev/zero | claude -p | head -c 32; head -c 40000000 /dev/zero | md5sum'`;
    const { stdout } = await stage.run(exec(`--quiet -- sh -c ${recipe}`), { env: { FAKE: 'sum' } });
    const [ours, theirs] =
      stdout
        .split('  -\n')
        .join('')
        .match(/[0-9a-f]{32}/g) ?? [];
    expect(ours).toBe(theirs);
  });

  test('a record that is gone is no answer', async () => {
    const stage = new ShimStage(suite);
    const first = await stage.run(exec("--quiet -- sh -c 'claude -p x </dev/null'"));
    const runId = runIdOf(stage);
    const recorded = path.join(stage.state, 'runs', runId, 'agents/1.out');
    writeFileSync(recorded, 'cut');
    const again = await stage.run(exec(`--quiet --resume ${runId} -- sh -c 'claude -p x </dev/null'`));
    expect(again).toEqual(first);
  });
});

describe('no pool', () => {
  /** The pool's folder is none, so no broker can be reached or started. */
  function withoutPool(): ShimStage {
    const stage = new ShimStage(suite);
    mkdirSync(stage.state, { mode: 0o700 });
    writeFileSync(path.join(stage.state, 'pool'), 'not a folder');
    return stage;
  }

  test('a bare call goes to the real program, and is noted', async () => {
    const stage = withoutPool();
    const ended = await stage.run('echo question | claude -p', { env: { FAKE: 'cat' } });
    expect(ended).toMatchObject({ code: 0, stdout: 'question\n', stderr: '' });
    const notes = path.join(stage.state, 'unpooled.ndjson');
    expect(statSync(notes).mode & 0o777).toBe(0o600);
    const [note] = linesOf(notes).map((line) => JSON.parse(line) as object);
    expect(note).toMatchObject({
      at: expect.any(Number) as number,
      reason: expect.stringContaining('pool') as string,
    });
  });

  test('below exec nothing runs: caps could not be kept', async () => {
    const stage = withoutPool();
    const env = { ANDWAIT_EXEC: '1', ANDWAIT_RUN_ID: 'some-run' };
    const { code, stdout, stderr } = await stage.run('claude -p </dev/null', { env });
    expect({ code, stdout }).toEqual({ code: 75, stdout: '' });
    expect(stderr).toMatch(/^andwait: claude: .+\n$/);
  });
});

describe('finding the real program', () => {
  test('a shim of another version is none, nor is a link to ourselves', async () => {
    const stage = new ShimStage(suite);
    const other = path.join(stage.dir, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, 'claude'), '#!/bin/sh\n# andwait-shim 9.9\nexec claude "$@"\n');
    chmodSync(path.join(other, 'claude'), 0o755);
    const script = `mkdir l; ln -s "$(command -v claude)" l/claude; PATH="$PWD/l:${other}:$PATH"; claude -p x; claude mcp`;
    expect(await stage.run(script)).toMatchObject({ code: 0, stdout: '<-p>\n<x>\n<mcp>\n', stderr: '' });
  });

  test.each([
    ['which becomes claude', 'exec claude "$@"'],
    ['which calls claude', 'claude "$@"'],
  ])('a wrapper %s by name gets the next one on PATH', async (_kind, body) => {
    const stage = new ShimStage(suite);
    const wrappers = path.join(stage.dir, 'wrappers');
    mkdirSync(wrappers);
    writeFileSync(path.join(wrappers, 'claude'), `#!/bin/sh\n${body}\n`);
    chmodSync(path.join(wrappers, 'claude'), 0o755);
    const shims = stage.env(true)['PATH']?.split(':')[0];
    const PATH = `${shims}:${wrappers}:${stage.env(false)['PATH']}`;
    const env = { PATH };
    if (body.startsWith('exec')) {
      expect(await stage.run('claude mcp; claude -p x', { env })).toMatchObject({
        code: 0,
        stdout: '<mcp>\n<-p>\n<x>\n',
        stderr: '',
      });
    } else {
      // It calls itself for ever, as it would without us: somebody has to say so.
      const { code, stderr } = await stage.run('claude mcp', { env });
      expect(code).toBe(127);
      expect(stderr).toMatch(/^andwait: 40 calls of claude below each other: /);
    }
  });

  test('none at all: print mode stands in', async () => {
    const stage = new ShimStage(suite);
    const env = {
      PATH: `${stage.env(true)['PATH']?.split(':')[0]}:${path.dirname(process.execPath)}:/usr/bin:/bin`,
    };
    const { code, stdout } = await stage.run('claude -p --rehearse hello; claude --version', { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\(rehearsal\)\n.*\d+\.\d+\.\d+/);
  });

  describe('where PATH has no Node', () => {
    const stage = new ShimStage(suite);
    const shims = stage.env(true)['PATH']?.split(':')[0];
    const script = `mkdir t; ln -s /bin/sh /bin/cat t/; PATH=${shims}:${stage.bin}:$PWD/t; claude -p x`;
    const env = { HOME: '/nonexistent' };

    test('the recorded one is taken', async () => {
      const recorded = { ...env, ANDWAIT_NODE: process.execPath };
      expect(await stage.run(script, { env: recorded })).toMatchObject({ code: 0, stdout: '<-p>\n<x>\n' });
      expect(stage.outcomes(runIdOf(stage))).toHaveLength(1);
    });

    // Where one is in a place that every machine looks in, nothing can hide it.
    const isHidden = !['/usr/bin/node', '/usr/local/bin/node', '/opt/homebrew/bin/node'].some((file) =>
      existsSync(file),
    );
    test.runIf(isHidden)('the real program runs all the same, except below exec', async () => {
      expect(await stage.run(script, { env })).toMatchObject({ code: 0, stdout: '<-p>\n<x>\n' });
      expect(await stage.run(script, { env: { ...env, ANDWAIT_EXEC: '1' } })).toMatchObject({
        code: 75,
        stdout: '',
      });
    });
  });
});
