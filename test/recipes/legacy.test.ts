/** Recipes that call plain `claude -p`, as they stand: bare, and below `andwait exec`, where the same comes out and each call is journalled. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findRun, readResult, runIds } from '../../src/journal/find-run.ts';
import { DIST } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const GIT = 'git -c user.name=t -c user.email=t@example.org';

/** Answers with its prompt and how much it was given to read; in JSON where it is asked for. Fails for `bad`. */
const AGENT = `#!/bin/sh
[ "$1" = --version ] && echo '9.9.9 (fake)' && exit 0
read=$(cat | wc -l)
case $2 in *bad*) echo "cannot do $2" >&2; exit 1 ;; esac
answer="did: $2 ($((read)) lines read)"
case " $* " in
  *" --output-format json "*) printf '{"type":"result","subtype":"success","is_error":false,"result":"%s","session_id":"s"}\\n' "$answer" ;;
  *) printf '%s\\n' "$answer" ;;
esac
`;

function project() {
  const cwd = temporaryFolder();
  const state = path.join(cwd, '.state');
  cpSync(path.join(ROOT, 'recipes'), path.join(cwd, 'recipes'), { recursive: true });
  const bin = path.join(cwd, 'bin');
  mkdirSync(bin);
  mkdirSync(path.join(cwd, 'src'));
  for (const name of ['a', 'b', 'c']) writeFileSync(path.join(cwd, `src/${name}.js`), `${name}\n`);
  const program = (name: string, content: string): void => {
    writeFileSync(path.join(bin, name), content);
    chmodSync(path.join(bin, name), 0o755);
  };
  program('claude', AGENT);
  program('andwait', `#!/bin/sh\nexec "${process.execPath}" "${DIST}/andwait.js" "$@"\n`);
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: cwd,
    ANDWAIT_HOME: state,
    ANDWAIT_POOL_IDLE_SECONDS: '1',
    ANDWAIT_SLOTS: '3',
  };
  return {
    cwd,
    env,
    sh: (command: string, more: Readonly<Record<string, string>> = {}) =>
      shell(command, cwd, { ...env, ...more }),
    /** Of the newest run. */
    calls: () => readResult(findRun(state, runIds(state)[0] ?? ''))?.calls,
  };
}

async function shell(command: string, cwd: string, env: Readonly<Record<string, string>>) {
  const child = spawn('/bin/sh', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, 'close')) as [number];
  const [stdout, stderr] = await output;
  return { code, stdout, stderr };
}

const did = (file: string) => `did: Review src/${file}.js for bugs. Be brief. (0 lines read)\n`;

interface Recipe {
  readonly name: string;
  /** In the project's folder. */
  readonly command: string;
  readonly calls: number;
  /** Some put what comes first first. */
  readonly sorted?: boolean;
  readonly stdout: string;
  readonly before?: string;
  readonly needs?: string;
}

const RECIPES: readonly Recipe[] = [
  {
    name: '& wait in sh',
    command: 'sh -c "recipes/legacy-wait.sh src/*.js"',
    calls: 4,
    stdout: 'did: Merge these reviews into one list, the worst first. (3 lines read)\n',
  },
  {
    name: 'xargs',
    command: 'sh -c "ls src/*.js | recipes/legacy-xargs.sh"',
    calls: 3,
    sorted: true,
    stdout: did('a') + did('b') + did('c'),
  },
  {
    name: 'GNU parallel, in the order of its lines',
    command: 'sh -c "ls src/*.js | recipes/legacy-parallel.sh"',
    calls: 3,
    stdout: did('a') + did('b') + did('c'),
    needs: '/usr/bin/parallel',
  },
  {
    name: 'Python',
    command: 'recipes/legacy-pool.py src/a.js src/b.js src/c.js',
    calls: 3,
    stdout: `${JSON.stringify(
      Object.fromEntries(['a', 'b', 'c'].map((file) => [`src/${file}.js`, did(file).trimEnd()])),
      null,
      2,
    )}\n`,
    needs: '/usr/bin/python3',
  },
  {
    name: 'make -j8',
    command: "sh -c 'make -s -f recipes/legacy.mk -j8 && cat reviews/src/*.md && rm -r reviews'",
    calls: 3,
    stdout: did('a') + did('b') + did('c'),
    needs: '/usr/bin/make',
  },
  {
    name: 'git diff | claude -p',
    command: 'recipes/legacy-commit-message.sh',
    before: `git init -q . && git add src && ${GIT} commit -qm start && echo more >> src/a.js && git add src`,
    calls: 1,
    stdout:
      'did: Write a commit message for this diff: one line, imperative. Answer with the message alone. (7 lines read)\n',
  },
];

describe.each(RECIPES)('$name', ({ command, calls, sorted, stdout, before, needs }) => {
  const missing = needs !== undefined && !existsSync(needs);
  const inOrder = (output: string) =>
    sorted ? output.split('\n').filter(Boolean).sort().join('\n').concat('\n') : output;

  test.skipIf(missing)(
    `bare and below exec${missing ? ` (${needs} is not installed here)` : ''}`,
    async () => {
      const { sh, calls: counted } = project();
      if (before !== undefined) expect(await sh(before)).toMatchObject({ code: 0 });
      for (const prefix of ['', 'andwait exec -- ']) {
        const ended = await sh(`${prefix}${command}`);
        expect({ ...ended, stdout: inOrder(ended.stdout) }).toEqual({ code: 0, stdout, stderr: '' });
      }
      expect(counted()).toMatchObject({ total: calls, done: calls, failed: 0 });
    },
  );
});

describe('a failed agent', () => {
  test('makes xargs, make and Python fail, below exec as well', async () => {
    const { cwd, sh } = project();
    writeFileSync(path.join(cwd, 'src/bad.js'), '');
    const xargs = 'sh -c "ls src/*.js | recipes/legacy-xargs.sh"';
    const make = 'make -sk -f recipes/legacy.mk -j8';
    const python = 'recipes/legacy-pool.py src/a.js src/bad.js';
    for (const [command, code] of [
      [xargs, 123],
      [make, 2],
      [python, 1],
    ] as const) {
      rmSync(path.join(cwd, 'reviews'), { recursive: true, force: true });
      const bare = await sh(command);
      rmSync(path.join(cwd, 'reviews'), { recursive: true, force: true });
      const below = await sh(`andwait exec -- ${command}`);
      expect([bare.code, below.code]).toEqual([code, code]);
      expect(below.stderr).toContain('cannot do Review src/bad.js');
      expect(below.stderr).toMatch(/ {2}agents +[13] done, 1 failed\n/);
    }
  });

  test('is hidden by `wait`, but not from --fail-on', async () => {
    const { cwd, sh } = project();
    writeFileSync(path.join(cwd, 'src/bad.js'), '');
    expect((await sh('recipes/legacy-wait.sh src/*.js')).code).toBe(0);
    expect((await sh('andwait exec --fail-on 1 -- recipes/legacy-wait.sh src/*.js')).code).toBe(3);
  });
});

describe('crontab', () => {
  const lines = readFileSync(path.join(ROOT, 'recipes/legacy.crontab'), 'utf8').split('\n');
  const JOB = /^(?:\S+ ){5}(.*)$/;

  /** What crontab(1) takes: comments, empty lines, assignments, jobs; and a line feed at the end. */
  test('every line is one that crontab takes', () => {
    expect(lines.at(-1)).toBe('');
    const odd = lines.filter((line) => !/^$|^#|^\w+ *=/.test(line) && !/^(?:[\d*,/-]+ ){5}\S/.test(line));
    expect(odd).toEqual([]);
    expect(lines.filter((line) => JOB.test(line) && !line.startsWith('#'))).toHaveLength(1);
  });

  /** As cron(8) reads it: a bare percent sign ends the command, a backslash takes that away. */
  function command(): string {
    const job = lines.find((line) => !line.startsWith('#') && JOB.test(line)) ?? '';
    const whole = JOB.exec(job)?.[1] ?? '';
    expect(whole).not.toMatch(/(?<!\\)%/);
    return whole.replaceAll('\\%', '%');
  }

  test.each(['bare', 'pooled'])('its job with cron’s environment, %s', async (how) => {
    const { cwd, env, sh } = project();
    await sh(
      `git init -q project && cd project && ${GIT} commit -qm one --allow-empty && ${GIT} commit -qm two --allow-empty`,
    );
    const { stdout: printed } = await sh('andwait shellenv cron');
    const given = lines.find((line) => line.startsWith('PATH='))?.slice(5) ?? '';
    const pooled = printed.trimEnd().slice('PATH='.length);
    // The agent stands in for the one that would be in one of these folders.
    const searchPath = how === 'bare' ? `${path.join(cwd, 'bin')}:${given}` : pooled;
    const { ANDWAIT_HOME, ANDWAIT_POOL_IDLE_SECONDS } = env;
    const cron = { SHELL: '/bin/sh', HOME: cwd, LOGNAME: 'user', PATH: searchPath };
    const ended = await shell(command(), cwd, { ...cron, ANDWAIT_HOME, ANDWAIT_POOL_IDLE_SECONDS });
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
    const changes = readFileSync(path.join(cwd, 'project/CHANGES.md'), 'utf8');
    expect(changes).toBe('did: What changed yesterday, for people? (2 lines read)\n');
    const standing = runIds(env.ANDWAIT_HOME).filter((id) => id.endsWith('-standing'));
    expect(standing).toHaveLength(how === 'bare' ? 0 : 1);
  });
});

describe('GitHub workflow', () => {
  interface Step {
    readonly name?: string;
    readonly run?: string;
    readonly uses?: string;
  }
  interface Workflow {
    readonly on: string;
    readonly jobs: {
      readonly review: { readonly env: Readonly<Record<string, string>>; readonly steps: readonly Step[] };
    };
  }
  const workflow = parse(readFileSync(path.join(ROOT, 'recipes/legacy-workflow.yml'), 'utf8')) as Workflow;
  const { steps, env: jobEnv } = workflow.jobs.review;

  test('no expression of GitHub’s is pasted into a command: a branch may be named like one', () => {
    expect(steps.flatMap(({ run }) => (run?.includes('${{') ? [run] : []))).toEqual([]);
    expect(Object.keys(jobEnv)).toEqual(['ANTHROPIC_API_KEY', 'BASE']);
  });

  test('its steps, as a runner runs them', async () => {
    const { cwd, env, sh, calls } = project();
    await sh(`git init -q . && git add src && ${GIT} commit -qm start && git branch base`);
    for (const name of ['d', 'e']) writeFileSync(path.join(cwd, `src/${name}.js`), 'new\n');
    await sh(`git add src && ${GIT} commit -qm change`);
    const files = { GITHUB_PATH: path.join(cwd, 'path'), GITHUB_STEP_SUMMARY: path.join(cwd, 'summary.md') };
    for (const file of Object.values(files)) writeFileSync(file, '');
    for (const { run, name } of steps) {
      if (run === undefined || name === 'Install') continue;
      const added = readFileSync(files.GITHUB_PATH, 'utf8').split('\n').filter(Boolean).reverse();
      const step = path.join(cwd, 'step.sh');
      writeFileSync(step, run);
      const given = { ...files, BASE: 'base', PATH: [...added, env.PATH].join(':') };
      expect(await sh(`bash -e ${step}`, given)).toEqual({ code: 0, stdout: '', stderr: '' });
    }
    expect(readFileSync(files.GITHUB_PATH, 'utf8')).toBe(`${path.join(DIST, '../shims')}\n`);
    const summary = readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8').split('\n').filter(Boolean).sort();
    expect(summary).toEqual([did('d').trimEnd(), did('e').trimEnd()]);
    expect(calls()).toMatchObject({ total: 2, done: 2 });
  });
});
