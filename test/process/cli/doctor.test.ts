/** `andwait doctor` on machines that are made ill in one way each. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import {
  ANDWAIT,
  type Environment,
  ShellProject,
  suiteFolder,
} from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const SHIMS = path.resolve(ANDWAIT, '../../shims');
const POOL: Environment = {
  ANDWAIT_POOL_IDLE_SECONDS: '5',
  ANDWAIT_RUN_ID: undefined,
  ANDWAIT_LEASE: undefined,
};
const SECRET = 'sk-very-secret';
const HEALTHY: Environment = { ANTHROPIC_API_KEY: SECRET };

function healthy(): ShellProject {
  const project = new ShellProject(suite);
  project.agent('exit 0');
  return project;
}

async function examined(project: ShellProject, env: Environment = {}) {
  const { code, stdout, stderr } = await project.run(['doctor', '--json'], {
    env: { ...POOL, ...HEALTHY, ...env },
  });
  expect(stderr).toBe('');
  const told = JSON.parse(stdout) as { readonly healthy: boolean; readonly findings: readonly Finding[] };
  return {
    code,
    ...told,
    about: (name: string) => told.findings.filter((finding) => finding.about === name),
  };
}

/** Exactly that is wrong, and it says what to do. */
async function illWith(
  project: ShellProject,
  about: string,
  message: RegExp,
  env: Environment = {},
): Promise<Finding> {
  const { code, healthy, findings } = await examined(project, env);
  const problems = findings.filter(({ level }) => level === 'problem');
  expect(problems).toEqual([
    expect.objectContaining({ about, message: expect.stringMatching(message) as string }),
  ]);
  expect({ code, healthy }).toEqual({ code: 1, healthy: false });
  const [problem] = problems;
  expect(problem?.remedy).toMatch(/\w/);
  return problem as Finding;
}

describe('a healthy machine', () => {
  test('exit 0, every check in a line, and nothing of a key but its name', async () => {
    const project = healthy();
    const { code, stdout, stderr } = await project.run(['doctor'], { env: { ...POOL, ...HEALTHY } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    const abouts = lines.flatMap((line) => /^(?:ok|note) +(\w+) /.exec(line)?.[1] ?? []);
    expect(new Set(abouts)).toEqual(
      new Set([
        'node',
        'state',
        'disk',
        'locks',
        'pool',
        'agent',
        'bytecode',
        'login',
        'shim',
        'unpooled',
        'orphans',
        'saved',
        'workflows',
      ]),
    );
    expect(lines.at(-1)).toBe('nothing is wrong');
    expect(stdout).toMatch(/login +credentials: the variable ANTHROPIC_API_KEY$/m);
    expect(stdout).not.toContain(SECRET);
    expect(stdout).toContain(`claude 9.9.9 (${path.join(project.cwd, 'bin/claude')})`);
  });

  test('the shim first on PATH is as it should be', async () => {
    const project = healthy();
    const { code, about } = await examined(project, { PATH: `${SHIMS}:${project.env.PATH}` });
    expect(code).toBe(0);
    expect(about('shim')).toMatchObject([{ level: 'ok' }]);
  });

  test('the shim nowhere on PATH is no illness, and it says how to have it', async () => {
    const { about } = await examined(healthy());
    expect(about('shim')).toMatchObject([
      { level: 'note', remedy: expect.stringContaining('andwait shellenv') as string },
    ]);
  });

  test('credentials in a file are told by its name', async () => {
    const project = healthy();
    project.write('.claude/.credentials.json', `{"token":"${SECRET}"}`);
    const { findings, about } = await examined(project, { ANTHROPIC_API_KEY: undefined });
    expect(about('login')).toMatchObject([
      { level: 'ok', message: expect.stringContaining('.credentials.json') as string },
    ]);
    expect(JSON.stringify(findings)).not.toContain(SECRET);
  });

  test('without credentials: a note, because they may be where nobody can see them', async () => {
    const { code, about } = await examined(healthy(), { ANTHROPIC_API_KEY: undefined });
    expect(code).toBe(0);
    expect(about('login')).toMatchObject([
      {
        level: 'note',
        remedy: expect.stringMatching(
          /CLAUDE_CODE_OAUTH_TOKEN.*ANTHROPIC_AUTH_TOKEN.*apiKeyHelper.*_BEDROCK.*_FOUNDRY.*_VERTEX/,
        ) as string,
      },
    ]);
  });
});

describe('ill', () => {
  test('no agent program', async () => {
    const project = new ShellProject(suite);
    await illWith(project, 'agent', /nothing can answer the agents/, { ANTHROPIC_API_KEY: undefined });
  });

  test('an agent program that does not start', async () => {
    const project = new ShellProject(suite);
    project.write('bin/claude', '#!/bin/sh\nexit 1\n', 0o755);
    await illWith(project, 'agent', /bin\/claude tells no version/);
  });

  test('the shim comes after the real one', async () => {
    const project = healthy();
    await illWith(project, 'shim', /bin\/claude comes before andwait's shim/, {
      PATH: `${project.env.PATH}:${SHIMS}`,
    });
  });

  test('two shims', async () => {
    const project = healthy();
    const copy = path.join(project.cwd, 'other');
    cpSync(SHIMS, copy, { recursive: true });
    await illWith(project, 'shim', /there are 2 shims on PATH/, {
      PATH: `${SHIMS}:${copy}:${project.env.PATH}`,
    });
  });

  test('a state folder that others can read', async () => {
    const project = healthy();
    mkdirSync(project.state, { mode: 0o755 });
    chmodSync(project.state, 0o755);
    const { remedy } = await illWith(project, 'state', /can be read by others \(mode 755\)/);
    expect(remedy).toBe(`chmod 700 ${project.state}`);
  });

  test('a state folder below what is no folder', async () => {
    const project = healthy();
    const file = project.write('file', '');
    const { code, about } = await examined(project, { ANDWAIT_HOME: path.join(file, 'state') });
    expect(code).toBe(1);
    expect(about('state')).toMatchObject([
      {
        level: 'problem',
        message: `${file}/state cannot be looked into (ENOTDIR)`,
        remedy: expect.stringContaining('set ANDWAIT_HOME') as string,
      },
    ]);
    expect(about('unpooled')).toMatchObject([
      { level: 'note', message: expect.stringContaining('cannot be known') as string },
    ]);
  });

  test.runIf(process.getuid)('a state folder that it may not look into', async () => {
    const project = healthy();
    const closed = path.join(project.cwd, 'closed');
    mkdirSync(closed, { mode: 0o000 });
    onTestFinished(() => chmodSync(closed, 0o700));
    const state = path.join(closed, 'state');
    // To root nothing is closed.
    const stranger = process.getuid?.() === 0 ? { uid: 54321, cwd: '/' } : {};
    const { code, stdout, stderr } = await project.start(['doctor', '--json'], {
      env: { ...POOL, ...HEALTHY, ANDWAIT_HOME: state },
      ...stranger,
    }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    const found = findings.find(({ about }) => about === 'state');
    expect(found?.message).toBe(`${state} cannot be looked into (EACCES)`);
    expect(found?.remedy).toMatch(/chmod u\+x .*, or set ANDWAIT_HOME/);
  });

  test('a link that leads nowhere', async () => {
    const project = healthy();
    symlinkSync('/nowhere/at/all', project.state);
    const { about } = await examined(project);
    expect(about('state')).toMatchObject([
      { level: 'problem', message: expect.stringContaining('a link') as string },
    ]);
    expect(about('pool')).toMatchObject([{ level: 'problem' }]);
    expect(about('unpooled')).toMatchObject([
      { level: 'note', message: expect.stringContaining('cannot be known') as string },
    ]);
  });

  test('no pool can be had', async () => {
    const project = healthy();
    mkdirSync(project.state, { mode: 0o700 });
    project.write('state/pool', 'a file where a folder should be');
    const { code, about } = await examined(project);
    expect(code).toBe(1);
    expect(about('pool')).toMatchObject([{ level: 'problem' }]);
  });

  test.runIf(process.platform === 'linux')('a broker that lives and does not answer', async () => {
    const project = healthy();
    const env = { ANDWAIT_POOL_IDLE_SECONDS: '60' };
    await examined(project, env);
    const { pid } = JSON.parse(readFileSync(path.join(project.state, 'pool/socket.json'), 'utf8')) as {
      pid: number;
    };
    onTestFinished(() => void process.kill(pid, 'SIGKILL'));
    process.kill(pid, 'SIGSTOP');
    const { remedy } = await illWith(project, 'pool', /could not be reached|did not answer/, env);
    expect(remedy).toMatch(/pool\/lock is held by a process that does not answer; end it with: kill -9 \d+$/);
    expect(remedy).toContain(`kill -9 ${pid}`);
  });

  test('calls went without the pool', async () => {
    const project = healthy();
    mkdirSync(project.state, { mode: 0o700 });
    project.write(
      'state/unpooled.ndjson',
      `${JSON.stringify({ at: Date.now(), pid: 1, reason: 'no answer' })}\n`,
    );
    await illWith(project, 'unpooled', /^1 calls? went without the pool, the last just now: no answer$/);
  });

  test('notes that cannot be read tell nothing, and the other checks go on', async () => {
    const project = healthy();
    mkdirSync(path.join(project.state, 'unpooled.ndjson'), { recursive: true, mode: 0o700 });
    const { about } = await examined(project);
    expect(about('unpooled')).toMatchObject([
      { level: 'note', message: expect.stringMatching(/cannot be known.*EISDIR/) as string },
    ]);
    expect(about('saved')).toHaveLength(1);
  });

  test('a saved workflow that nobody can call', async () => {
    const project = healthy();
    const file = project.write('.claude/workflows/broken.js', 'export const meta = { name: x() }\n');
    const { remedy } = await illWith(project, 'saved', /broken\.js is no workflow: /);
    expect(remedy).toBe(`andwait validate ${file}`);
  });

  test.runIf(process.platform === 'linux')('an agent that nobody waits for', async () => {
    const project = healthy();
    const orphan = spawn('/bin/cat', [], {
      env: { ANDWAIT_HOME: project.state, ANDWAIT_RUN_ID: '20260101-000000-abcdef', ANDWAIT_LEASE: 'l1' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await once(orphan, 'spawn');
    onTestFinished(() => void orphan.kill());
    const { message, remedy } = await illWith(project, 'orphans', /^1 agents?.*20260101-000000-abcdef/);
    expect(message).toBeDefined();
    expect(remedy).toContain(`kill ${orphan.pid}`);
  });
});

test('words it does not know are refused', async () => {
  const { code, stderr } = await healthy().run(['doctor', 'now']);
  expect(code).toBe(2);
  expect(stderr).toContain('doctor takes flags only');
});
