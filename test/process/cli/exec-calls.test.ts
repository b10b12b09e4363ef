/** The `claude` calls of a recipe below `andwait exec`: pooled, capped, journalled, and answered again when it is resumed. */
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readResult } from '../../../src/journal/find-run.ts';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { RunFolder } from '../../../src/journal/run-folder.ts';
import { AgentRig } from '../../support/agents/agent-rig.ts';
import { isRunning } from '../../support/agents/agent-run.ts';
import { ANDWAIT, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const POOL = { ANDWAIT_POOL_IDLE_SECONDS: '5', ANDWAIT_SLOTS: '3' };

/** Answers its prompt, and writes down that it ran; fails at the prompt `bad` until there is a file `good`. */
const ANSWERS = `
cat > /dev/null
echo "$2" >> ran.log
if [ "$2" = bad ] && ! [ -e good ]; then echo 'it is bad' >&2; exit 4; fi
printf 'answer to %s\\n' "$2"`;

const RECIPE = `#!/bin/sh
for item in one two three; do claude -p "$item" > "$item.out" & done
wait
cat one.out two.out three.out
echo 'some text' | claude -p piped
claude -p bad </dev/null
echo "bad: $?"
`;
const ANSWERED = 'answer to one\nanswer to two\nanswer to three\nanswer to piped\n';

class Recipes extends ShellProject {
  constructor(agent: string, files: Readonly<Record<string, string>> = {}) {
    super(suite, files);
    this.agent(agent);
  }

  exec(flags: readonly string[], command: readonly string[] = []) {
    const words = command.length === 0 ? [] : ['--', ...command];
    return this.start(['exec', ...flags, ...words], { env: POOL });
  }

  get folder(): RunFolder {
    return new RunFolder(this.state, this.runId);
  }

  get runId(): string {
    return this.runIds()[0] ?? '';
  }

  /** Prompts of the agents that ran since it was last asked. */
  ran(): string[] {
    const file = path.join(this.cwd, 'ran.log');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).sort();
    rmSync(file);
    return lines;
  }

  outcomes() {
    const { records } = readJournal(this.folder.journalFile);
    return records.flatMap((record) => (record.type === 'outcome' ? [record.outcome] : []));
  }
}

const sh = (script: string) => ['/bin/sh', '-c', script];

describe('a recipe', () => {
  test('is gone on with where it broke off: what ended well is answered from the journal, byte for byte', async () => {
    const recipes = new Recipes(ANSWERS, { 'recipe.sh': RECIPE });
    const first = await recipes.exec([], ['sh', 'recipe.sh']).ended;
    expect(first).toMatchObject({ code: 0, stdout: `${ANSWERED}bad: 4\n` });
    expect(recipes.ran()).toEqual(['bad', 'one', 'piped', 'three', 'two']);
    expect(first.stderr).toMatch(/^it is bad\nsh completed after /);
    expect(first.stderr).toMatch(/ {2}agents +4 done, 1 failed\n {2}failed +exit: .*\(#5 bad\)\n/);
    const goOn = `go on with: andwait exec --resume ${recipes.runId}`;
    expect(first.stderr.trimEnd().split('\n').at(-1)).toBe(goOn);

    const second = await recipes.exec(['--resume', recipes.runId]).ended;
    expect(second).toMatchObject({ code: 0, stdout: first.stdout });
    expect(recipes.ran()).toEqual(['bad']);
    expect(readResult(recipes.folder)).toMatchObject({ calls: { done: 0, failed: 1, replayed: 4 } });

    recipes.write('good', '');
    const third = await recipes.exec(['--resume', recipes.runId], ['sh', 'recipe.sh']).ended;
    expect(third).toMatchObject({ code: 0, stdout: `${ANSWERED}answer to bad\nbad: 0\n`, stderr: '' });
    expect(recipes.ran()).toEqual(['bad']);
    expect(readResult(recipes.folder)?.attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(recipes.runIds()).toHaveLength(1);
  });

  test('that changed asks only what is new', async () => {
    const recipes = new Recipes(ANSWERS);
    await recipes.exec([], sh('claude -p one </dev/null')).ended;
    recipes.ran();
    const again = sh(
      'claude -p two </dev/null; claude -p one </dev/null; claude -p one --model x </dev/null',
    );
    const { stdout } = await recipes.exec(['--resume', recipes.runId], again).ended;
    expect(stdout).toBe('answer to two\nanswer to one\nanswer to one\n');
    expect(recipes.ran()).toEqual(['one', 'two']);
  });

  test.each([
    ['--fail-on 1', 3],
    ['--fail-on 2', 0],
    ['--fail-on 50%', 3],
    ['--fail-on 51%', 0],
    ['--quiet', 0],
  ])('whose wait hides a failure, with %s: exit %i', async (flags, code) => {
    const recipes = new Recipes(ANSWERS);
    const script = 'claude -p bad 2>/dev/null & claude -p one & wait; exit 0';
    const ended = await recipes.exec(flags.split(' '), sh(script)).ended;
    expect(ended).toMatchObject({ code, stdout: 'answer to one\n' });
    expect(ended.stderr === '').toBe(flags === '--quiet');
  });

  test('that fails keeps its own exit status, whatever --fail-on says', async () => {
    const recipes = new Recipes(ANSWERS);
    const { code } = await recipes.exec(['--fail-on', '1'], sh('claude -p bad; exit 7')).ended;
    expect(code).toBe(7);
  });

  test('of which all went well says nothing where nobody watches', async () => {
    const recipes = new Recipes(ANSWERS);
    expect(await recipes.exec([], sh('claude -p one </dev/null')).ended).toEqual({
      code: 0,
      signal: null,
      stdout: 'answer to one\n',
      stderr: '',
    });
  });

  test.each([
    ['text', '', 'answer to one\n\nits end\n'],
    ['json', '--output-format json', /^.*so be it/m],
  ])('each call can be read afterwards: %s', async (_format, flags, shown) => {
    const event = JSON.stringify({ type: 'result', subtype: 'success', is_error: false, result: 'so be it' });
    const recipes = new Recipes(
      `case "$*" in *json*) echo '${event}'; exit ;; esac\n${ANSWERS}; echo; echo 'its end'`,
    );
    await recipes.exec([], sh(`claude -p one ${flags} </dev/null`)).ended;
    const { code, stdout, stderr } = await recipes.run(['logs', recipes.runId, '1']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    if (typeof shown === 'string') expect(stdout).toBe(shown);
    else expect(stdout).toMatch(shown);
  });

  test('`andwait resume` says how recipes are gone on with', async () => {
    const recipes = new Recipes(ANSWERS);
    await recipes.exec([], sh('exit 0')).ended;
    const { code, stderr } = await recipes.run(['resume', recipes.runId], { env: POOL });
    expect(code).toBe(2);
    expect(stderr).toContain(`andwait exec --resume ${recipes.runId}`);
  });
});

describe('caps of the run', () => {
  /** Each notes whether another one is alive. */
  const EXCLUSIVE = `
mkdir alive 2>/dev/null || echo overlap >> overlap.log
head -c 2000000 /dev/zero | cksum > /dev/null
rmdir alive
echo done`;
  const FOUR = 'for n in 1 2 3 4; do claude -p "$n" & done; wait';

  test('--concurrency 1: never two agents at once', async () => {
    const recipes = new Recipes(EXCLUSIVE);
    const { stdout } = await recipes.exec(['--concurrency', '1'], sh(FOUR)).ended;
    expect(stdout).toBe('done\n'.repeat(4));
    expect(existsSync(path.join(recipes.cwd, 'overlap.log'))).toBe(false);
  });

  test('--max-agents: what is over it is refused with 75, and told of with what raises it', async () => {
    const recipes = new Recipes(ANSWERS);
    const script = 'for n in 1 2 3; do claude -p "$n" </dev/null; echo "= $?"; done';
    const { code, stdout, stderr } = await recipes.exec(['--max-agents', '2'], sh(script)).ended;
    expect({ code, stdout }).toEqual({ code: 75, stdout: 'answer to 1\n= 0\nanswer to 2\n= 0\n= 75\n' });
    expect(stderr).toContain('--max-agents 2');
    expect(stderr).toContain(`go on with: andwait exec --resume ${recipes.runId} --max-agents 4\n`);
    expect(readResult(recipes.folder)).toMatchObject({ calls: { done: 2, refused: 1 } });
  });
});

const RESULT = 'answer\n';

describe.runIf(process.platform === 'linux')('steered agents', () => {
  async function steered() {
    const rig = await AgentRig.start();
    return { rig, recipes: new Recipes(`exec "${rig.program.path}" "$@"`) };
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends them, and the journal says so',
    async (signal) => {
      const { rig, recipes } = await steered();
      const run = recipes.exec(
        [],
        sh('claude -p one </dev/null & claude -p two </dev/null & wait; echo over'),
      );
      const agents = [await rig.next(), await rig.next()];
      const pids = agents.map(({ report }) => report.pid);
      run.child.kill(signal);
      await run.ended;
      expect(pids.filter(isRunning)).toEqual([]);
      const ends = recipes.outcomes().map((outcome) => outcome.kind === 'failure' && outcome.reason);
      expect(ends).toEqual(['stopped', 'stopped']);
      expect(readResult(recipes.folder)).toMatchObject({
        status: 'stopped',
        calls: { stopped: 2, failed: 0 },
      });
    },
  );

  test('one that a recipe leaves in the background goes on, and is journalled when it ends', async () => {
    const { rig, recipes } = await steered();
    const run = recipes.exec([], sh('claude -p one </dev/null & until [ -e started ]; do :; done; exit 6'));
    const agent = await rig.next();
    recipes.write('started', '');
    const [code] = (await once(run.child, 'exit')) as [number];
    expect(code).toBe(6);
    expect(readResult(recipes.folder)).toMatchObject({ status: 'failed', calls: { total: 1, done: 0 } });
    await agent.says(RESULT);
    agent.exits(0);
    // The shim that stands for it has our stdout: it closes once its outcome is on the disk.
    expect(await run.ended).toMatchObject({ stdout: RESULT });
    expect(recipes.outcomes()).toMatchObject([
      { kind: 'reply', text: expect.stringContaining('answer') as string },
    ]);
  });

  test('one that a recipe leaves in the background and that comes when the run is over is journalled under the day', async () => {
    const recipes = new Recipes(ANSWERS);
    const late =
      '(while kill -0 $PPID 2>/dev/null; do sleep 0.05; done; claude -p late </dev/null >late.out) & exit 5';
    const { code } = await recipes.exec([], sh(late)).ended;
    expect(code).toBe(5);
    expect(readFileSync(path.join(recipes.cwd, 'late.out'), 'utf8')).toBe('answer to late\n');
    expect(recipes.runIds()).toEqual([
      expect.stringMatching(/^\d{8}-\d{6}-/),
      expect.stringMatching(/-standing$/),
    ]);
  });

  test('killed with -9 we leave no agent', async () => {
    const { rig, recipes } = await steered();
    const run = recipes.exec([], sh('claude -p one </dev/null; echo over'));
    const agent = await rig.next();
    const { pid } = agent.report;
    run.child.kill('SIGKILL');
    // Its shim holds our stdout as well.
    await run.ended;
    expect(isRunning(pid)).toBe(false);
  });

  test('a broker that is killed with -9 costs the recipe nothing', async () => {
    const { rig, recipes } = await steered();
    const run = recipes.exec([], sh('claude -p one </dev/null; claude -p two </dev/null'));
    const first = await rig.next();
    const note = readFileSync(path.join(recipes.state, 'pool/socket.json'), 'utf8');
    process.kill((JSON.parse(note) as { pid: number }).pid, 'SIGKILL');
    await first.says(RESULT);
    first.exits(0);
    const second = await rig.next();
    await second.says('other\n');
    second.exits(0);
    expect(await run.ended).toEqual({ code: 0, signal: null, stdout: `${RESULT}other\n`, stderr: '' });
    expect(recipes.outcomes().map(({ kind }) => kind)).toEqual(['reply', 'reply']);
    expect(readResult(recipes.folder)).toMatchObject({ status: 'completed', calls: { total: 2, done: 2 } });
  });

  test('a run that was killed with -9 is gone on with', async () => {
    const { rig, recipes } = await steered();
    const script = sh('claude -p one </dev/null; claude -p two </dev/null');
    const run = recipes.exec([], script);
    const first = await rig.next();
    await first.says(RESULT);
    first.exits(0);
    await rig.next();
    run.child.kill('SIGKILL');
    await run.ended;
    const again = recipes.exec(['--resume', recipes.runId]);
    const second = await rig.next();
    expect(second.report.argv).toContain('two');
    await second.says('other\n');
    second.exits(0);
    expect(await again.ended).toMatchObject({ code: 0, stdout: `${RESULT}other\n` });
  });
});

const SCRIPT = '/usr/bin/script';

describe.runIf(process.platform === 'linux' && existsSync(SCRIPT))('on a terminal', () => {
  function onTerminal(recipes: Recipes, command: string) {
    const line = `exec "${process.execPath}" "${ANDWAIT}" exec -- ${command}`;
    const args = ['--quiet', '--return', '--flush', '--command', line, '/dev/null'];
    return recipes.startProgram(SCRIPT, args, { stdin: 'open', env: { ...POOL, NO_COLOR: '1' } });
  }

  /** Out of the terminal's reach, so that only our stopping ends it: by then a second SIGINT would have come. */
  const COUNTS = `n=0
trap 'n=$((n + 1))' INT
setsid claude -p one </dev/null >/dev/null &
while kill -0 $! 2>/dev/null; do wait $!; done
echo "$n of them"
exit 5
`;

  test('a typed Ctrl-C comes to the recipe once', async () => {
    const rig = await AgentRig.start();
    const recipes = new Recipes(`exec "${rig.program.path}" "$@"`, { 'recipe.sh': COUNTS });
    const run = onTerminal(recipes, 'sh recipe.sh');
    await rig.next();
    run.child.stdin.write('\x03');
    const { code, stdout } = await run.ended;
    expect(code).toBe(5);
    // The terminal's echo of the key comes before it, on the same line or on one of its own.
    expect(stdout).toMatch(/^(\^C)?1 of them\r$/m);
  });

  test('it reads what is typed, and a summary follows', async () => {
    const recipes = new Recipes(ANSWERS);
    recipes.write('recipe.sh', 'echo ready; read line; claude -p "$line" </dev/null\n');
    const run = onTerminal(recipes, 'sh recipe.sh');
    await run.until('stdout', 'ready');
    run.child.stdin.write('typed\n');
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/answer to typed\r\nsh completed after \S+\r\n {2}agents +1 done\r\n/);
  });
});
