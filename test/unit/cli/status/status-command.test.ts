import { describe, expect, test } from 'vitest';
import { failure } from '../../../../src/core/outcome.ts';
import { NO_CALLS } from '../../../../src/core/run.ts';
import {
  attempt,
  RecordedRunFiles,
  RUN_ID,
  reply,
  settled,
  started,
} from '../../../support/runs/recorded-run.ts';
import { DESCRIPTION } from '../../../support/runs/run-description.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { TerminalRig } from '../terminal-rig.ts';

async function told(home: string, ...argv: readonly string[]) {
  const rig = new TerminalRig(home, argv);
  // Nothing here waits for time to pass.
  const code = await rig.ended;
  return { code, lines: rig.lines, stderr: rig.stderr };
}

async function runAtWork() {
  const home = temporaryFolder();
  const run = new RecordedRunFiles(home);
  const lock = await run.lock();
  run.record(attempt(1, { phases: ['Find'] }), started(1, { phase: 'Find' }), started(2, { phase: 'Find' }));
  run.record(settled(2), started(3, { phase: 'Find' }), settled(3, failure('api-error', 'HTTP 400')));
  run.says(1, { type: 'assistant', message: { content: [{ type: 'tool_use', name: 'Read', input: {} }] } });
  return { home, run, lock };
}

describe('of one run', () => {
  test('at work: the tree, how calls ended, what failed', async () => {
    const { home, run, lock } = await runAtWork();
    run.record({ type: 'held', cause: 'quota', resetAt: Date.UTC(2026, 10, 22, 17), at: 0 });
    for (const text of ['a', 'no \u001b[2Jcalls for 5 s']) run.record({ type: 'log', text, at: 0 });
    const { code, lines } = await told(home, 'status', '2026');
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(/^audit {2}\S+ · held until the quota is there again, at 2026-11-22T17:00:00Z/),
      '  › Find  1 running · 1 done · 1 failed',
      expect.stringMatching(/^ {4}› #1 agent-1 {2}\S+ · Read$/),
      '    ✓ #2 agent-2  2.0s, 1.0k in 200 out, $0.01',
      '    ✗ #3 agent-3  api-error: HTTP 400',
      expect.stringMatching(
        /^audit is held until the quota is there again, at .*: nothing new starts, for \S+$/,
      ),
      expect.stringMatching(/^ {2}log {6}no calls for 5 s \(\S+ ago\)$/),
      '  ends     1 reply, 1 api-error',
      '  failed   api-error: HTTP 400 (#3 agent-3)',
      `  run      ${RUN_ID}`,
    ]);
    await lock.release();
  });

  test('as one object', async () => {
    const { home, lock } = await runAtWork();
    const { lines } = await told(home, 'status', '--last', '--json');
    expect(JSON.parse(lines.join('\n'))).toMatchObject({
      type: 'run_status',
      runId: RUN_ID,
      kind: 'workflow',
      state: 'running',
      attempts: [{ attempt: 1, status: null }],
      held: null,
      calls: { waiting: null, running: 1, done: 1, failed: 1, stopped: 0, skipped: 0, unmetered: 0 },
      ends: { reply: 1, 'api-error': 1 },
      running: [{ call: 1, label: 'agent-1', phase: 'Find', activity: { kind: 'tool', tool: 'Read' } }],
      failures: [{ reason: 'api-error', message: 'HTTP 400', count: 1, calls: [3] }],
      next: null,
    });
    await lock.release();
  });

  test('through a queue: which hosts have and had its agents, and how many have none', async () => {
    const { home, run, lock } = await runAtWork();
    run.record(attempt(2, { options: { ...DESCRIPTION.options, queue: 'redis://:***@q' } }));
    run.record(...[4, 5, 6].map((call) => started(call)));
    run.record(settled(4, { ...reply(), host: 'beta' }));
    const place = { state: 's', runId: 'w', call: 1 };
    run.says(5, { type: 'andwait/host', host: 'al\u001b[2Jpha', token: 't', place });
    const { lines } = await told(home, 'status', '--last');
    expect(lines.filter((line) => /hosts|pha|beta|no host/.test(line))).toEqual([
      '  ✓ #4 agent-4  2.0s, 1.0k in 200 out, $0.01, on beta',
      expect.stringMatching(/› #5 agent-5 {2}\S+ · on alpha$/),
      '  hosts    alpha: 1 running, 0 ended',
      '           beta: 0 running, 1 ended',
      '           1 call on no host so far',
    ]);
    const [json = ''] = (await told(home, 'status', '--last', '--json')).lines;
    expect(JSON.parse(json)).toMatchObject({
      queue: 'redis://:***@q',
      hosts: [
        { host: 'al\u001b[2Jpha', running: 1, ended: 0 },
        { host: 'beta', running: 0, ended: 1 },
      ],
      running: [
        { call: 5, host: 'al\u001b[2Jpha' },
        { call: 6, host: null },
      ],
    });
    expect((await told(home, 'logs', '--last')).lines[0]).toContain('HOST');
    await lock.release();
    // Nobody works on it now, and what was on its way to a host is on its way no more.
    expect((await told(home, 'status', '--last')).lines.join('\n')).not.toContain('no host so far');
  });

  test('a worker has its agents here, though they come through a queue', async () => {
    const home = temporaryFolder();
    const options = { ...DESCRIPTION.options, queue: 'redis://:***@q' };
    const run = new RecordedRunFiles(home, { kind: 'worker', options });
    const lock = await run.lock();
    run.record(attempt(1, { options }), started(1));
    expect((await told(home, 'status', '--last')).lines.join()).not.toContain('host');
    await lock.release();
  });

  test('ended: the numbers of its result, where files tell of fewer calls', async () => {
    const { home, run, lock } = await runAtWork();
    await lock.release();
    run.record(settled(1, failure('skipped', 'skipped by ada')));
    run.ends({
      status: 'stopped',
      calls: { ...NO_CALLS, total: 6, done: 1, failed: 1, skipped: 1, stopped: 3 },
    });
    const { lines } = await told(home, 'status', '--last', '--json');
    expect(JSON.parse(lines.join('\n'))).toMatchObject({
      calls: { waiting: 0, running: 0, done: 1, failed: 1, skipped: 1, stopped: 3 },
      ends: { reply: 1, 'api-error': 1, skipped: 1, stopped: 3 },
    });
  });

  test('ended, in its second attempt: the summary, and what goes on', async () => {
    const { home, run, lock } = await runAtWork();
    await lock.release();
    run.record(attempt(2));
    const attempts = [1, 2].map((number) => ({ attempt: number, startedAt: 0, status: null }));
    const calls = { ...NO_CALLS, refused: 1, raises: { agents: '--max-agents 2000' } };
    run.ends({ status: 'capped', attempts, calls }, 2);
    const { lines } = await told(home, 'status', '--last');
    expect(lines).toEqual(
      [
        'audit  9.0s',
        '  · Find',
        'audit ended by a cap after 9.0s',
        '  attempts 1 cut off, 2 capped',
        '  agents   0 done, 1 refused',
        `  run      ${RUN_ID}`,
        `go on with: andwait resume ${RUN_ID} --max-agents 2000`,
      ].filter((line) => line !== '  · Find'),
    );
  });

  test.each([
    ['workflow', 'andwait resume'],
    ['map', 'andwait map --resume'],
    ['exec', 'andwait exec --resume'],
  ] as const)('a %s that was cut off', async (kind, command) => {
    const home = temporaryFolder();
    new RecordedRunFiles(home, { kind }).record(attempt(), started(1));
    const { lines } = await told(home, 'status', '--last');
    expect(lines).toContain('audit was cut off: nobody works on it, and it told no end');
    expect(lines.at(-1)).toMatch(new RegExp(`: ${command} ${RUN_ID}$`));
  });

  test("the day's calls, which nobody ends", async () => {
    const home = temporaryFolder();
    const runId = '20261122-standing';
    new RecordedRunFiles(home, { kind: 'standing', runId }).record(attempt(), started(1), settled(1));
    const { lines } = await told(home, 'status', runId);
    expect(lines).toContain('audit: nobody works on it now');
    expect(lines.at(-1)).toBe(`  run      ${runId}`);
  });
});

test('of all: the pool, what is at work, and what ended last', async () => {
  const { home, lock } = await runAtWork();
  for (let day = 1; day <= 7; day++) {
    const ended = new RecordedRunFiles(home, { runId: `2026110${day}-000000-aaaa`, name: `run ${day}` });
    ended.record(attempt());
    ended.ends();
  }
  const { lines } = await told(home, 'status');
  expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
    'no broker runs; the next call starts one',
    '',
    'RUN NAME RUNNING WAITING ENDED FAILED TOKENS COST FOR',
    expect.stringMatching(/^20261122-164142-s5vj audit 1 \? 2 1 1\.0k in 200 out \$0\.01 \S+$/),
    '',
    'RUN NAME STATUS STARTED CALLS COST',
    ...[7, 6, 5, 4, 3].map((day) => `2026110${day}-000000-aaaa run ${day} completed just now 0 $0.00`),
  ]);
  const { lines: json } = await told(home, 'status', '--json');
  expect(JSON.parse(json.join('\n'))).toMatchObject({
    type: 'status',
    pool: null,
    live: [{ type: 'run_status', runId: RUN_ID, state: 'running' }],
    ended: [{ runId: '20261107-000000-aaaa' }, {}, {}, {}, {}],
  });
  await lock.release();
});

describe('result', () => {
  test('of a run at work: how far it is, and how to follow it', async () => {
    const { home, lock } = await runAtWork();
    const { code, stderr } = await told(home, 'result', '--last');
    expect(code).toBe(1);
    expect(stderr).toBe(
      `andwait: run ${RUN_ID} is still at work; its result comes when it ends (2 of 3 calls that started ended so far); andwait watch ${RUN_ID} follows it; andwait logs ${RUN_ID} CALL shows what one of them answered\n`,
    );
    await lock.release();
  });

  test('of one that was paused: why, and how to go on', async () => {
    const { home, run, lock } = await runAtWork();
    await lock.release();
    const pause = { cause: 'quota', resetAt: null, message: 'the quota is used up' } as const;
    run.ends({ status: 'paused', pause, result: null });
    const { code, stderr } = await told(home, 'result', RUN_ID);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `andwait: run ${RUN_ID} has no result, it ended as paused: the quota is used up; go on with: andwait resume ${RUN_ID}\n`,
    );
  });

  test('of the last one', async () => {
    const { home, run, lock } = await runAtWork();
    await lock.release();
    run.ends({ result: 'all good' });
    expect((await told(home, 'result', '--last')).lines).toEqual(['all good']);
  });

  test('one field of it: a text as it is, anything else as JSON, and what there is where it is missing', async () => {
    const { home, run, lock } = await runAtWork();
    await lock.release();
    run.ends({ result: { report: '# Bugs\n\nNone.', counts: [1, 2] } });
    const field = (...words: readonly string[]) => told(home, 'result', '--last', '--field', ...words);
    expect((await field('report')).lines).toEqual(['# Bugs', '', 'None.']);
    expect((await field('counts')).lines).toEqual(['[1,2]']);
    const missing = `andwait: run ${RUN_ID} returned no "toString"; it returned an object with report, counts\n`;
    expect(await field('toString')).toMatchObject({ code: 1, stderr: missing });
    expect(await field('report', '--json')).toMatchObject({ code: 2 });
  });
});

describe('in a job of GitHub', () => {
  test('nothing that a result or an agent says is a command', async () => {
    const { home, run, lock } = await runAtWork();
    await lock.release();
    run.says(2, { type: 'assistant', message: { content: [{ type: 'text', text: 'so:\n::error::told' }] } });
    run.ends({ result: { report: '::error::told\n  ::add-mask::e\nx ##[error]y' } });
    for (const words of [
      ['result', '--last', '--field', 'report'],
      ['result', '--last'],
      ['logs', '--last', '2'],
    ]) {
      const there = new TerminalRig(home, words, { env: { GITHUB_ACTIONS: 'true' } });
      expect(await there.ended).toBe(0);
      expect(there.lines.join('\n')).toMatch(/told/);
      expect(there.lines.join('\n')).not.toMatch(/^\s*::|##\[/m);
    }
    expect((await told(home, 'result', '--last', '--field', 'report')).lines[0]).toBe('::error::told');
  });
});

describe('list', () => {
  test('only those that went badly, and says that older ones were not looked at', async () => {
    const home = temporaryFolder();
    for (let day = 1; day <= 4; day++) {
      const run = new RecordedRunFiles(home, { runId: `2026110${day}-000000-aaaa`, name: `run ${day}` });
      run.record(attempt());
      run.ends({ status: day % 2 === 0 ? 'failed' : 'completed' });
    }
    const { lines } = await told(home, 'list', '--failed', '--limit', '1');
    expect(lines.map((line) => line.split(/ +/)[0])).toEqual(['RUN', '20261104-000000-aaaa', '…']);
    expect(lines.at(-1)).toBe('… and 3 older ones, not looked at (--limit 0 shows all)');
    expect((await told(home, 'list', '--name', 'nothing')).stderr).toBe(`andwait: no such run in ${home}\n`);
  });
});
