/** Going on with a run, as a person does: by the command its summary ends with, after an edit, with other args, in two shells at once. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../../src/core/run.ts';
import { AgentRig } from '../../support/agents/agent-rig.ts';
import {
  ANDWAIT,
  type Ended,
  ShellProject,
  suiteFolder,
  twoAtOnce,
} from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const meta = "export const meta = { name: 'work', description: 'd' }\n";
const fanOut = (...prompts: string[]) =>
  `${meta}return await parallel(${JSON.stringify(prompts)}.map((prompt) => () => agent(prompt)))\n`;
const IN_TURN = `${meta}return [await agent('a'), await agent('b'), await agent('c')]\n`;
const RESULT = { type: 'result', subtype: 'success', is_error: false, result: 'done', session_id: 's' };

/** Writes down each prompt, fails where it holds `bad` until there is a file `mended`, and says it in capitals otherwise. */
const COUNTING_AGENT = `
prompt=$(cat)
printf '%s\\n' "$prompt" >> ran.log
case $prompt in *bad*) [ -e mended ] || exit 1 ;; esac
printf '{"type":"result","subtype":"success","is_error":false,"result":"%s","total_cost_usd":0.01,"usage":{"input_tokens":1,"output_tokens":10},"session_id":"s"}\\n' "$(printf %s "$prompt" | tr a-z A-Z)"
`;

class Work extends ShellProject {
  constructor(script: string) {
    super(suite, { 'work.js': script, 'ran.log': '' });
    this.agent(COUNTING_AGENT);
  }

  async andwait(...args: string[]): Promise<Ended> {
    return await twoAtOnce.add(() => this.run(args));
  }

  /** Prompts of the agents that ran since it was last asked, sorted: agents that run at once end in any order. */
  ran(): string[] {
    const file = path.join(this.cwd, 'ran.log');
    const prompts = readFileSync(file, 'utf8').split('\n').filter(Boolean).sort();
    writeFileSync(file, '');
    return prompts;
  }

  get runId(): string {
    const ids = this.runIds();
    expect(ids).toHaveLength(1);
    return ids[0] ?? '';
  }

  inRun(name: string): string {
    return path.join(this.state, 'runs', this.runId, name);
  }

  result(): RunResult {
    return JSON.parse(readFileSync(this.inRun('result.json'), 'utf8')) as RunResult;
  }

  mend(): void {
    this.write('mended', '');
  }
}

/** What the last line of the summary says to type, as words. */
function nextCommand({ stderr }: Ended): string[] {
  const [, command = ''] = /\ngo on with: andwait (.*)\n$/.exec(stderr) ?? [];
  return command.split(' ');
}

describe('the command that the summary ends with goes on', () => {
  interface Case {
    readonly script: string;
    readonly flags?: readonly string[];
    readonly code: number;
    /** What a person does before typing it. */
    readonly meanwhile?: (work: Work) => void;
    /** The prompts that run again. */
    readonly again: readonly string[];
    readonly stdout: string;
  }
  const cases: Record<string, Case> = {
    'a call failed': {
      script: fanOut('a', 'bad b', 'c'),
      code: 0,
      meanwhile: (work) => work.mend(),
      again: ['bad b'],
      stdout: '["A","BAD B","C"]\n',
    },
    'every call failed': {
      script: fanOut('bad'),
      code: 3,
      meanwhile: (work) => work.mend(),
      again: ['bad'],
      stdout: '["BAD"]\n',
    },
    'the script threw, and its copy was mended': {
      script: `${meta}const a = await agent('a')\nthrow new Error('not yet')\n`,
      code: 1,
      meanwhile: (work) => writeFileSync(work.inRun('script.js'), `${meta}return await agent('a')\n`),
      again: [],
      stdout: 'A\n',
    },
    'a cap on agents': {
      script: IN_TURN,
      flags: ['--max-agents', '2'],
      code: 75,
      again: ['c'],
      stdout: '["A","B","C"]\n',
    },
    'a cap on tokens': {
      script: IN_TURN,
      flags: ['--budget-tokens', '20'],
      code: 75,
      again: ['c'],
      stdout: '["A","B","C"]\n',
    },
  };

  test.concurrent.each(Object.entries(cases))(
    '%s',
    async (_name, { script, flags = [], code, meanwhile, again, stdout }) => {
      const work = new Work(script);
      const first = await work.andwait('run', 'work.js', ...flags);
      expect(first.code).toBe(code);
      expect(nextCommand(first).slice(0, 2)).toEqual(['resume', work.runId]);
      work.ran();
      meanwhile?.(work);
      expect(await work.andwait(...nextCommand(first))).toMatchObject({ code: 0, stdout });
      expect(work.ran()).toEqual(again);
      expect(work.result().attempts).toMatchObject([{ attempt: 1 }, { attempt: 2, status: 'completed' }]);
    },
  );

  test('nothing is left to do: no such line', async () => {
    const work = new Work(fanOut('a'));
    expect((await work.andwait('run', 'work.js')).stderr).toMatch(/\n +run +\S+\n$/);
  });
});

describe('three ways to say which run', () => {
  test.concurrent.each<[string, (work: Work) => string[]]>([
    ['by id', (work) => ['resume', work.runId]],
    ['by the beginning of its id', (work) => ['resume', work.runId.slice(0, -2)]],
    ['the newest', () => ['resume', '--last']],
    ['by file', (work) => ['run', 'work.js', '--resume', work.runId]],
  ])('%s', async (_name, words) => {
    const work = new Work(fanOut('a', 'bad'));
    await work.andwait('run', 'work.js', '-q');
    work.mend();
    work.ran();
    const ended = await work.andwait(...words(work), '--output', 'json', '-q');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      runId: work.runId,
      result: ['A', 'BAD'],
      calls: { done: 1, replayed: 1 },
    });
    expect(work.ran()).toEqual(['bad']);
  });
});

describe('a changed script', () => {
  test.concurrent.each<[string, (work: Work, file: string) => string[]]>([
    ['resume --script', (work, file) => ['resume', work.runId, '--script', file]],
    ['run --resume', (work, file) => ['run', file, '--resume', work.runId]],
  ])('%s: only changed calls run, and it is stored beside the old one', async (_name, words) => {
    const work = new Work(fanOut('a', 'b', 'c'));
    await work.andwait('run', 'work.js', '-q');
    work.ran();
    work.write('edited.js', fanOut('c', 'new', 'a'));
    const ended = await work.andwait(...words(work, 'edited.js'), '-q');
    expect(ended).toMatchObject({ code: 0, stdout: '["C","NEW","A"]\n', stderr: '' });
    expect(work.ran()).toEqual(['new']);
    expect(readFileSync(work.inRun('script-1.js'), 'utf8')).toBe(fanOut('a', 'b', 'c'));
    expect(readFileSync(work.inRun('script-2.js'), 'utf8')).toBe(fanOut('c', 'new', 'a'));
    // The next attempt goes on from the changed one, unasked.
    expect(await work.andwait('resume', work.runId, '-q')).toMatchObject({ stdout: '["C","NEW","A"]\n' });
    expect(work.ran()).toEqual([]);
  });

  test('one that is refused leaves the run as it was', async () => {
    const work = new Work(fanOut('a'));
    await work.andwait('run', 'work.js', '-q');
    work.write('edited.js', 'const no = 1\n');
    const before = readFileSync(work.inRun('journal.ndjson'), 'utf8');
    const ended = await work.andwait('resume', '--last', '--script', 'edited.js');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(readFileSync(work.inRun('journal.ndjson'), 'utf8')).toBe(before);
    expect(existsSync(work.inRun('script-2.js'))).toBe(false);
  });
});

test('other args hold for this attempt and the next', async () => {
  const work = new Work(`${meta}return await agent('about ' + args.topic)\n`);
  await work.andwait('run', 'work.js', '-q', '--arg', 'topic=x');
  const changed = await work.andwait('resume', '--last', '-q', '--args', '{"topic":"y"}');
  expect(changed).toMatchObject({ code: 0, stdout: 'ABOUT Y\n' });
  expect(await work.andwait('resume', '--last', '-q')).toMatchObject({ stdout: 'ABOUT Y\n' });
  expect(work.ran()).toEqual(['about x', 'about y']);
});

describe('--reuse', () => {
  test.concurrent.each([
    ['content', ['new']],
    ['prefix', ['b', 'c', 'new']],
    ['none', ['a', 'b', 'c', 'new']],
  ])('%s', async (reuse, again) => {
    const work = new Work(fanOut('a', 'b', 'c'));
    await work.andwait('run', 'work.js', '-q');
    work.ran();
    work.write('edited.js', fanOut('a', 'new', 'b', 'c'));
    await work.andwait('resume', '--last', '--script', 'edited.js', '--reuse', reuse, '-q');
    expect(work.ran()).toEqual(again);
  });
});

test('--dry-run says what could be reused, and runs and writes nothing', async () => {
  const work = new Work(fanOut('a', 'bad', 'c'));
  await work.andwait('run', 'work.js', '-q', '-j', '1');
  work.ran();
  const before = readFileSync(work.inRun('journal.ndjson'), 'utf8');
  const dry = await work.andwait('resume', '--last', '--dry-run');
  expect(dry).toMatchObject({ code: 0, stderr: '' });
  expect(dry.stdout.trimEnd().split('\n')).toEqual([
    'reuse  #1 a (done)',
    'run    #2 bad (no-result)',
    'reuse  #3 c (done)',
    '2 of 3 recorded calls can be reused if the script asks for them again',
  ]);
  expect((await work.andwait('resume', '--last', '--dry-run', '--reuse', 'none')).stdout).toMatch(/\n0 of 3/);
  expect(work.ran()).toEqual([]);
  expect(readFileSync(work.inRun('journal.ndjson'), 'utf8')).toBe(before);
});

describe('a rehearsed run', () => {
  test('rehearses again when it goes on, with the same samples', async () => {
    const work = new Work(fanOut('a', 'b'));
    const { stdout } = await work.andwait('run', 'work.js', '--rehearse', '-q');
    expect(await work.andwait('resume', '--last', '-q')).toMatchObject({ code: 0, stdout });
    expect(work.ran()).toEqual([]);
    expect(work.result().calls).toMatchObject({ replayed: 2 });
  });

  test('resumed for real reuses nothing, and stays real', async () => {
    const work = new Work(fanOut('a', 'b'));
    await work.andwait('run', 'work.js', '--rehearse', '-q');
    expect((await work.andwait('resume', '--last', '--dry-run', '--no-rehearse')).stdout).toMatch(/\n0 of 2/);
    const real = await work.andwait('resume', '--last', '--no-rehearse', '-q');
    expect(real).toMatchObject({ code: 0, stdout: '["A","B"]\n' });
    expect(work.ran()).toEqual(['a', 'b']);
    expect((await work.andwait('resume', '--last', '--dry-run')).stdout).toMatch(/\n2 of 4/);
    expect(await work.andwait('resume', '--last', '-q')).toMatchObject({ stdout: '["A","B"]\n' });
    expect(work.ran()).toEqual([]);
  });
});

test('a journal that cannot grow stops the run, which goes on where there is room', async () => {
  const work = new Work(`${meta}for (let n = 0; n < 60; n++) await agent(String(n).padEnd(1000, '.'))\n`);
  // The largest file that this shell's programs may write: a full disk that needs no disk.
  const limited = ['-c', 'ulimit -f 40; exec "$0" "$@"', process.execPath, ANDWAIT];
  const args = ['run', 'work.js', '--rehearse', '-q'];
  const stopped = await work.startProgram('/bin/sh', [...limited, ...args]).ended;
  expect(stopped).toMatchObject({ code: 75, stdout: '' });
  expect(stopped.stderr).toMatch(
    /^andwait: the journal .* cannot be written: EFBIG.*; the run was stopped.* Make room, then: andwait resume \S+\n$/,
  );
  expect((await work.andwait('list')).stdout).toMatch(/ work +unfinished /);
  const { code, stdout } = await work.andwait('resume', work.runId, '-q', '--output', 'json');
  const { calls, status } = JSON.parse(stdout) as RunResult;
  expect({ code, status }).toEqual({ code: 0, status: 'completed' });
  expect(calls.replayed).toBeGreaterThan(0);
  expect(calls.done + calls.replayed).toBe(60);
});

test('the chain of attempts is in list and in result.json', async () => {
  const work = new Work(fanOut('a', 'bad'));
  await work.andwait('run', 'work.js', '-q');
  expect((await work.andwait('list')).stdout).toMatch(/ completed {2}/);
  work.write('edited.js', `${meta}throw new Error('no')\n`);
  await work.andwait('resume', '--last', '-q', '--script', 'edited.js');
  await work.andwait('resume', '--last', '-q', '--script', 'work.js');
  const statuses = ['completed', 'failed', 'completed'];
  expect(work.result().attempts.map(({ status }) => status)).toEqual(statuses);
  expect((await work.andwait('list')).stdout).toMatch(
    /\n\S+ +work +completed, attempt 3 +just now +3 \(2 failed\)/,
  );
  const listed = JSON.parse((await work.andwait('list', '--json')).stdout) as RunResult;
  expect(listed.attempts).toEqual(work.result().attempts);
});

/** A run whose agent waits for the test. */
async function waiting() {
  const rig = await AgentRig.start();
  const work = new Work(fanOut('slow'));
  work.agent(`exec "${rig.program.path}" "$@"`);
  return { rig, work };
}

describe('one process at a time', () => {
  test('a run that is alive cannot be resumed; list says it runs', async () => {
    const { rig, work } = await waiting();
    const alive = work.start(['run', 'work.js', '-q']);
    const agent = await rig.next();
    const stillAtWork = new RegExp(`^andwait: run ${work.runId} is still at work; wait for it, or stop it`);
    const resumed = await work.andwait('resume', '--last', '--output', 'json');
    expect(resumed).toMatchObject({ code: 2, stderr: expect.stringMatching(stillAtWork) as string });
    expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'refused' });
    expect((await work.andwait('list')).stdout).toMatch(/ work +running +just now/);
    expect((await work.andwait('logs', work.runId)).stdout).toMatch(/1 +slow +running/);
    expect(await work.andwait('result', work.runId)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('still at work; its result comes when it ends') as string,
    });
    await agent.says(RESULT);
    agent.exits(0);
    expect(await alive.ended).toMatchObject({ code: 0, stdout: '["done"]\n', stderr: '' });
    expect((await work.andwait('list')).stdout).toMatch(/ work +completed {2}/);
  });

  test('of two resumes at once exactly one goes on', async () => {
    const { rig, work } = await waiting();
    const first = work.start(['run', 'work.js', '-q']);
    await rig.next();
    first.child.kill('SIGKILL');
    await first.ended;
    const both = [1, 2].map(() => work.start(['resume', work.runId, '-q']));
    const agent = await rig.next();
    const loser = await Promise.race(both.map(({ ended }) => ended));
    expect(loser).toMatchObject({ code: 2, stdout: '' });
    expect(loser.stderr).toMatch(/^andwait: run \S+ is still at work; wait for it, or stop it/);
    await agent.says(RESULT);
    agent.exits(0);
    const codes = (await Promise.all(both.map(({ ended }) => ended))).map(({ code }) => code);
    expect(codes.sort()).toEqual([0, 2]);
    expect(work.result().attempts).toMatchObject([{ status: null }, { status: 'completed' }]);
  });
});
