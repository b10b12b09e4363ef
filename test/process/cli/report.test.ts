/** `andwait report` on the files of a run: cut off, at work, of every kind; where the page goes, and who opens it. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { takeRunLock } from '../../../src/journal/run-lock.ts';
import { runAndwait } from '../../support/programs/run-in-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const RUNS = path.resolve(import.meta.dirname, '../../fixtures/runs/v1');

/** A run that was cut off: two of its three calls have ended. */
function cutOffRun() {
  const cwd = temporaryFolder();
  const runs = path.join(cwd, 'state of $HOME/runs');
  cpSync(RUNS, runs, { recursive: true });
  const [runId = ''] = readdirSync(runs);
  const dir = path.join(runs, runId);
  const env = { ANDWAIT_HOME: path.dirname(runs), PATH: '/usr/bin:/bin' };
  const report = (args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) =>
    runAndwait({ argv: ['report', runId, ...args], cwd, env: { ...env, ...more } });
  /** Without the style and script of every page. */
  const page = () =>
    readFileSync(path.join(dir, 'report.html'), 'utf8').replace(/<(style|script)>[\s\S]*?<\/\1>/g, '');
  return { cwd, dir, runId, report, page };
}

test('the page of a run that was cut off lies in its folder, for its owner alone', async () => {
  const { dir, report, page, runId } = cutOffRun();
  const file = path.join(dir, 'report.html');
  expect(await report()).toEqual({ code: 0, stdout: `${file}\n`, stderr: '' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const part of ['unfinished', 'answer to first', `andwait resume ${runId}`, 'no. 3']) {
    expect(page().includes(part), part).toBe(true);
  }
});

test('--last stands for the run', async () => {
  const { cwd, dir } = cutOffRun();
  const env = { ANDWAIT_HOME: path.dirname(path.dirname(dir)) };
  const { stdout } = await runAndwait({ argv: ['report', '--last'], cwd, env });
  expect(stdout).toBe(`${path.join(dir, 'report.html')}\n`);
});

test('a run at work is told as it stands, without its lock', async () => {
  const { dir, report, page } = cutOffRun();
  const lock = await takeRunLock(dir);
  expect((await report()).code).toBe(0);
  await lock?.release();
  expect(page()).toMatch(/<span class="status busy">running<\/span>/);
  expect(page()).toMatch(/<li id="c3" class="running"/);
});

test.each(['exec', 'map', 'standing'])('a run of the kind %s', async (kind) => {
  const { dir, report, page } = cutOffRun();
  const file = path.join(dir, 'run.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), kind }));
  rmSync(path.join(dir, 'script.js'));
  rmSync(path.join(dir, 'agents'), { recursive: true });
  expect((await report()).code).toBe(0);
  expect(page()).toContain('Its prompt was not recorded.');
  expect(page()).not.toContain('The script');
});

test('what was done to the run from outside is in its log, and what waits again says why', async () => {
  const { dir, report, page } = cutOffRun();
  const journal = path.join(dir, 'journal.ndjson');
  const before = readFileSync(journal, 'utf8');
  const third = before.split('\n').find((line) => line.includes('"started"') && line.includes('"call":3'));
  const { key, at } = JSON.parse(third ?? '{}');
  const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheCreationTokens: 0 };
  const account = { usage, costUsd: null, turns: 0, denials: [] };
  const outcome = { kind: 'failure', reason: 'api-error', message: '529', ...account };
  const records = [
    { type: 'steered', action: 'pause', by: { pid: 7, uid: 1, user: 'ann<b>' }, at },
    { type: 'held', cause: 'person', resetAt: null, at },
    { type: 'released', at },
    { type: 'setback', call: 3, key, cause: 'limited', outcome, attempt: 1, at },
  ];
  writeFileSync(journal, before + records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const lock = await takeRunLock(dir);
  await report();
  await lock?.release();
  expect(page()).toContain('<b>steered</b> <span dir="auto">ann&lt;b&gt; (pid 7): pause');
  expect(page()).toContain('<dt>put back</dt><dd>limited × 1</dd>');
  expect(page()).toMatch(/<li id="c3" class="waiting"/);
});

test('pipes and links that an agent put among the records are not followed', async () => {
  const { dir, report, page, cwd } = cutOffRun();
  const [pipe = '', link = ''] = [1, 2].map((call) => path.join(dir, `agents/${call}.ndjson`));
  const secret = path.join(cwd, 'secret');
  writeFileSync(secret, '{"type":"andwait/call","prompt":"the secret"}\n');
  for (const file of [pipe, link]) rmSync(file);
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  symlinkSync(secret, link);
  expect((await report()).code).toBe(0);
  expect(page()).not.toContain('the secret');
});

describe('--out', () => {
  test('- is stdout, and leaves nothing in the folder', async () => {
    const { dir, report } = cutOffRun();
    const { code, stdout } = await report(['--out', '-']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(readdirSync(dir)).not.toContain('report.html');
  });

  test('names a file, from where one is', async () => {
    const { cwd, report } = cutOffRun();
    expect((await report(['--out', 'my page.html'])).stdout).toBe(`${path.join(cwd, 'my page.html')}\n`);
    expect(readFileSync(path.join(cwd, 'my page.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  test.each<[string, RegExp]>([
    [
      'no/such/folder/x.html',
      /cannot write the page, .*no\/such\/folder\/x\.html \(ENOENT\); name another file/,
    ],
    ['', /--out is empty; give a file, or - for stdout/],
  ])('%j is refused by name', async (out, says) => {
    const { code, stderr } = await cutOffRun().report(['--out', out]);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(says);
  });
});

describe.runIf(process.platform === 'linux')('--open', () => {
  function withOpener(body: string) {
    const run = cutOffRun();
    const bin = path.join(run.cwd, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'xdg-open'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return {
      ...run,
      env: { PATH: `${bin}:/usr/bin:/bin`, DISPLAY: ':0', OPENED: path.join(run.cwd, 'opened') },
    };
  }

  test('hands the file to the system’s opener, as one word', async () => {
    const { dir, report, env } = withOpener('printf "%s\\n" "$#" "$1" > "$OPENED"');
    expect((await report(['--open'], env)).code).toBe(0);
    expect(readFileSync(env.OPENED, 'utf8')).toBe(`1\n${path.join(dir, 'report.html')}\n`);
  });

  test('says so where that fails, and where the page is', async () => {
    const { dir, report, env } = withOpener('exit 3');
    const { code, stdout, stderr } = await report(['--open'], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: `${path.join(dir, 'report.html')}\n` });
    expect(stderr).toMatch(
      /^andwait: --open: xdg-open failed \(exit 3\); the page is written, open it yourself: file:\/\/.*report\.html\n$/,
    );
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['no screen', {}, /there is no screen to show a browser on \(DISPLAY and WAYLAND_DISPLAY are not set\)/],
    ['no opener', { DISPLAY: ':0', PATH: '/nowhere' }, /there is no xdg-open on PATH/],
  ])('%s: the page is there all the same', async (_, env, says) => {
    const { report, page } = cutOffRun();
    const { code, stderr } = await report(['--open'], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
    expect(page()).toContain('</html>');
  });

  test('and --out - do not go together', async () => {
    const { code, stderr } = await cutOffRun().report(['--open', '--out', '-']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'andwait: --open needs a file to show: leave out --out -\n',
    });
  });
});
