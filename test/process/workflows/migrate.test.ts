/**
 * A real port from end to end: six files of JavaScript become Python by real tools, killed twice at the worst moment. The
 * model's replies are scripted; what is on disk, what builds and what passes is not.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FakeMessagesApi } from '../../support/api/fake-messages-api.ts';
import { type Running, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';
import { bundledScript } from '../../support/workflows/scripted-workflow.ts';
import { answer, portedFiles, sourceFiles, turnOf } from './port-model.ts';

const suite = suiteFolder();
const PYTHON_TESTS = 'python3 -B -m unittest discover -s python';
const JS_TESTS = 'node js/ledger.test.js';
const PATH = ['/usr/bin', '/bin', ...(process.env['PATH'] ?? '').split(':')].join(':');

function hasPython(): boolean {
  return PATH.split(':').some((folder) => {
    try {
      accessSync(path.join(folder, 'python3'));
      return true;
    } catch {
      return false;
    }
  });
}

/** Forty agents, one after the other: on a busy machine they take their time. */
const TIMEOUT_MS = 120_000;

test('a library is ported, rejected, mended and passes in both languages, though it is killed twice', {
  timeout: TIMEOUT_MS,
}, async ({ skip }) => {
  if (!hasPython()) skip('python3 is not on PATH: NOBODY HAS SHOWN that the bundled port works');
  await using api = await FakeMessagesApi.start();
  api.hold();
  const project = new ShellProject(suite, {});
  const cwd = path.join(project.cwd, 'ledger');
  for (const [name, content] of Object.entries(sourceFiles()))
    project.write(path.join('ledger', name), content);
  const env = { ...api.env(project.cwd), PATH: `${path.dirname(process.execPath)}:${PATH}` };
  const shell = (command: string, ...args: readonly string[]) =>
    execFileSync(command, args, {
      cwd,
      env: { PATH: env.PATH, HOME: project.cwd },
      encoding: 'utf8',
      stdio: 'pipe',
    });
  shell('git', 'init', '--quiet');
  shell('git', 'add', '.');
  shell('git', '-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'a ledger');
  const andwait = (...args: readonly string[]): Running => project.start(args, { cwd, env });

  const tasks: string[] = [];
  let at = 0;
  /** Answers until an agent is about to hand over what it has done in `lastTask`, or the run ends. */
  async function serve({ ended }: Running, lastTask?: string): Promise<void> {
    let isOver = false;
    const over = ended.then(() => {
      isOver = true;
    });
    for (;;) {
      const request = await Promise.race([api.request(at + 1), over]);
      if (request === undefined || isOver) return;
      at += 1;
      const turn = turnOf(request);
      if (turn.step.tool === 'StructuredOutput') {
        if (turn.task === lastTask) return;
        tasks.push(turn.task);
      }
      answer(request, turn);
    }
  }
  const kill = async (run: Running): Promise<void> => {
    run.child.kill('SIGKILL');
    await run.ended;
  };

  const args = JSON.stringify({
    source: 'js',
    target: 'python',
    from: 'JavaScript',
    to: 'Python',
    check: PYTHON_TESTS,
    sourceCheck: JS_TESTS,
  });
  // As its README says.
  const allowed = ['git rev-parse HEAD', 'git status *', 'git ls-files', 'python3 *', 'node *'];
  const tools = allowed.map((rule) => `Bash(${rule})`).join(',');
  const first = andwait(
    'run',
    bundledScript('migrate'),
    '--agent',
    'print',
    '--allowed-tools',
    tools,
    '-q',
    '--args',
    args,
  );
  await serve(first, 'translate 1 python/entry.py');
  await kill(first);
  const second = andwait('resume', '--last', '-q');
  await serve(second, 'mend python/report.py');
  await kill(second);
  const third = andwait('resume', '--last', '-q');
  await serve(third);

  const ended = await third.ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ended.stdout)).toMatchObject({
    status: 'done',
    reasons: [],
    counts: { translated: 6 },
    fix: { ended: 'clean', rounds: [{ errors: 1, inBuilding: 1 }, { errors: 0 }], isConfirmed: true },
    strays: [],
    unanswered: [],
  });
  expect(filesBelow(cwd, 'python')).toEqual(portedFiles());
  expect(filesBelow(cwd, 'js')).toEqual(sourceFiles());
  expect(shell('python3', ...PYTHON_TESTS.split(' ').slice(1))).toBe('');
  // Node 20 reports as TAP, later ones with a mark of their own.
  expect(shell('node', 'js/ledger.test.js')).toMatch(/^. pass 4$/m);
  expect(shell('git', 'log', '--format=%s')).toBe('a ledger\n');
  // Nothing that had settled was asked for again; what was killed with its work done, once more.
  expect(tasks.filter((task) => task.startsWith('translate')).sort()).toEqual([
    'translate 1 python/balance.py',
    'translate 1 python/entry.py',
    'translate 1 python/lines.py',
    'translate 1 python/money.py',
    'translate 1 python/report.py',
    'translate 1 python/test_ledger.py',
    'translate 2 python/money.py',
  ]);
  expect(tasks.filter((task) => task.startsWith('mend'))).toEqual(['mend python/report.py']);
});

function filesBelow(cwd: string, folder: string): Record<string, string> {
  const names = readdirSync(path.join(cwd, folder)).map((name) => `${folder}/${name}`);
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(cwd, name), 'utf8')]));
}
