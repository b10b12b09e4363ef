/** Whatever starts agents, on whatever way: one pool, its slots never exceeded, every run's journal whole, nobody starved. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readJournal } from '../../../src/journal/read-journal.ts';
import type { RunDescription } from '../../../src/journal/run-folder.ts';
import { DIST } from '../../support/programs/run-in-process.ts';
import { ANDWAIT, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const SHIMS = path.resolve(DIST, '../shims');
const SLOTS = 3;

/** Says when it begins and when it is about to end; appended lines of this size are never torn or mixed. It lives long enough to meet others. */
const AGENT = `
prompt=$(cat)
echo "+ $$" >> "$AGENTS_LOG"
sleep 0.1
echo "- $$" >> "$AGENTS_LOG"
printf '%s\\n' '{"type":"system","subtype":"init","session_id":"s","model":"m"}' '{"type":"result","subtype":"success","is_error":false,"result":"ok","num_turns":1,"total_cost_usd":0.01,"usage":{"input_tokens":1,"output_tokens":1},"session_id":"s"}'
`;

const WORKFLOW = `export const meta = { name: 'flow', description: 'ten agents' }
return (await parallel(Array.from({ length: 10 }, (_, n) => () => agent('flow ' + n)))).filter(Boolean).length
`;

const PYTHON = `
import concurrent.futures, subprocess
def ask(n):
    return subprocess.run(["claude", "-p", f"python {n}"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    codes = list(pool.map(ask, range(10)))
assert codes == [0] * 10, codes
`;

const MAKEFILE = `
ITEMS := 1 2 3 4 5 6 7 8 9 10
all: $(ITEMS:%=make-%)
make-%:
\t@claude -p "make $*" < /dev/null > /dev/null
`;

const WAYS = {
  workflow: { file: process.execPath, args: [ANDWAIT, 'run', 'flow.js', '--quiet', '--concurrency', '8'] },
  bash: {
    file: process.execPath,
    args: [
      ...[ANDWAIT, 'exec', '--quiet', '--', 'bash', '-c'],
      'for n in 1 2 3 4 5 6 7 8 9 10; do claude -p "bash $n" < /dev/null > /dev/null & done; wait',
    ],
  },
  python: { file: process.execPath, args: [ANDWAIT, 'exec', '--quiet', '--', 'python3', 'pool.py'] },
  make: { file: process.execPath, args: [ANDWAIT, 'exec', '--quiet', '--', 'make', '-j8', '-s'] },
  xargs: {
    file: 'sh',
    args: ['-c', 'seq 10 | xargs -P8 -I{} sh -c "claude -p \\"xargs {}\\" < /dev/null > /dev/null"'],
  },
  parallel: {
    file: process.execPath,
    args: [
      ...[ANDWAIT, 'exec', '--quiet', '--', 'parallel', '--will-cite', '-j8'],
      'claude -p "parallel {}" < /dev/null > /dev/null',
      ...[':::', ...Array.from({ length: 10 }, (_, n) => String(n))],
    ],
  },
} as const;

const hasParallel = existsSync('/usr/bin/parallel');
const ways = Object.entries(WAYS).filter(([name]) => name !== 'parallel' || hasParallel);

function project(): ShellProject & { readonly log: string } {
  const made = new ShellProject(suite, { 'flow.js': WORKFLOW, 'pool.py': PYTHON, Makefile: MAKEFILE });
  made.agent(AGENT);
  return Object.assign(made, { log: path.join(made.cwd, 'agents.log') });
}

function environment({ cwd, env, log }: ReturnType<typeof project>): Record<string, string> {
  return {
    ...env,
    PATH: [SHIMS, path.join(cwd, 'bin'), path.dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
    AGENTS_LOG: log,
    ANDWAIT_SLOTS: String(SLOTS),
    ANDWAIT_POOL_IDLE_SECONDS: '2',
  };
}

/** How many agents were alive after each line of the log. */
function aliveOverTime(log: string): number[] {
  let alive = 0;
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      alive += line.startsWith('+') ? 1 : -1;
      return alive;
    });
}

/** Good outcomes of each run, by its name. */
function settledByRun(made: ShellProject): Map<string, number> {
  return new Map(
    made.runIds().map((id) => {
      const dir = path.join(made.state, 'runs', id);
      const { name } = JSON.parse(readFileSync(path.join(dir, 'run.json'), 'utf8')) as RunDescription;
      const { records } = readJournal(path.join(dir, 'journal.ndjson'));
      const good = records.filter((record) => record.type === 'outcome' && record.outcome.kind === 'reply');
      return [`${name} ${id}`, good.length] as const;
    }),
  );
}

// GNU parallel is not on every machine; the name tells whether it took part.
test(`at once in a pool of ${SLOTS}: ${ways.map(([name]) => name).join(', ')}`, {
  timeout: 60_000,
}, async () => {
  const made = project();
  const env = environment(made);
  const ends = await Promise.all(
    ways.map(async ([name, { file, args }]) => ({
      name,
      ...(await made.startProgram(file, args, { env }).ended),
    })),
  );
  expect(ends.map(({ name, code, stderr }) => ({ name, code, stderr }))).toEqual(
    ways.map(([name]) => ({ name, code: 0, stderr: '' })),
  );
  const alive = aliveOverTime(made.log);
  expect(alive).toHaveLength(2 * 10 * ways.length);
  expect(Math.max(...alive)).toBe(SLOTS);
  const settled = settledByRun(made);
  // One run for each way, the standing one for the call that was made bare.
  expect(settled.size).toBe(ways.length);
  expect([...settled.values()]).toEqual(ways.map(() => 10));
});

describe('nobody is starved', () => {
  test('a single call gets its turn while a run has a thousand waiting', { timeout: 60_000 }, async () => {
    const made = project();
    made.write('flow.js', WORKFLOW.replace('length: 10', 'length: 1000'));
    const env = environment(made);
    const crowd = made.startProgram(
      process.execPath,
      [ANDWAIT, 'run', 'flow.js', '--output', 'ndjson', '--quiet'],
      { env },
    );
    await crowd.until('stdout', '"type":"call_started"');
    const single = await made.startProgram('claude', ['-p', 'hook'], { env }).ended;
    expect(single).toMatchObject({ code: 0, stderr: '' });
    const agentsBefore = aliveOverTime(made.log).length / 2;
    expect(agentsBefore).toBeLessThan(200);
    crowd.child.kill('SIGTERM');
    expect((await crowd.ended).code).toBe(143);
  });
});
