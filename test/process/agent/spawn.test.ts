/** How an agent is started, and what is said when it cannot be. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProcessBackend } from '../../../src/agent/process/process-backend.ts';
import type { AgentCall } from '../../../src/core/call.ts';
import type { Failure } from '../../../src/core/outcome.ts';
import { RESULT, RecordingWatch, runAgent } from '../../support/agents/agent-run.ts';
import { agentCall } from '../../support/calls.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('the agent’s own view', () => {
  test('flags, environment, folder, and a group of its own', async () => {
    const dir = temporaryFolder();
    const { agent, outcome } = await runAgent({
      call: { id: 7, key: 'v1:k:2', occurrence: 2, model: 'haiku' },
      env: { KEEP: 'this', CLAUDECODE: '1', CLAUDE_CODE_ENTRYPOINT: 'cli' },
      cwd: dir,
    });
    const { argv, env, cwd, pid } = agent.report;
    expect(argv.slice(0, 6)).toEqual([
      '-p',
      '--output-format',
      'stream-json',
      '--verbose',
      '--model',
      'haiku',
    ]);
    expect(cwd).toBe(dir);
    expect(env).toMatchObject({
      KEEP: 'this',
      ANDWAIT_RUN_ID: 'run-1',
      ANDWAIT_CALL: '7',
      ANDWAIT_CALL_KEY: 'v1:k:2',
      ANDWAIT_CALL_OCCURRENCE: '2',
    });
    expect(Object.keys(env).filter((name) => name.startsWith('CLAUDE'))).toEqual([]);
    expect(() => process.kill(-pid, 0)).not.toThrow();
    await agent.says(RESULT);
    agent.exits(0);
    expect(await outcome).toMatchObject({ kind: 'reply' });
  });

  test.each([
    ['an ordinary one', 'what is this?\n', 'what is this?\n'],
    ['one that begins with a slash', '/cost', '\n/cost'],
    ['one of 1 MB', 'é'.repeat(500_000), 'é'.repeat(500_000)],
  ])('the prompt on stdin, which ends: %s', async (_name, prompt, stdin) => {
    const { agent, outcome } = await runAgent({ call: { prompt, key: 'v1:k:1' } });
    expect(await agent.reads()).toBe(stdin);
    await agent.says(RESULT);
    agent.exits(0);
    expect(await outcome).toMatchObject({ kind: 'reply' });
  });

  test('a prompt nobody reads is no failure', async () => {
    const { agent, outcome } = await runAgent({ call: { prompt: 'x'.repeat(1_000_000), key: 'v1:k:1' } });
    await agent.closesStdin();
    await agent.says(RESULT);
    agent.exits(0);
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'done' });
  });
});

describe('an agent that cannot be started', () => {
  test('a program that is not there', async () => {
    const file = path.join(temporaryFolder(), 'gone');
    expect(await failureOf({ file })).toMatchObject({
      reason: 'spawn-failed',
      message: expect.stringContaining(file),
    });
  });

  test('a program without permission', async () => {
    const file = script('#!/bin/sh\n', 0o644);
    const { reason, message } = await failureOf({ file });
    expect(reason).toBe('spawn-failed');
    expect(message).toContain('chmod +x');
  });

  test('a program whose interpreter is not there', async () => {
    const { reason, message } = await failureOf({ file: script('#!/no/such/interpreter\n') });
    expect(reason).toBe('spawn-failed');
    expect(message).toContain('interpreter');
  });

  test('a working directory that is not there', async () => {
    const cwd = path.join(temporaryFolder(), 'gone');
    const { reason, message } = await failureOf({ cwd });
    expect(reason).toBe('spawn-failed');
    expect(message).toContain(`working directory ${cwd} does not exist`);
  });

  test('a folder in place of a program', async () => {
    const file = path.join(temporaryFolder(), 'claude');
    mkdirSync(file);
    expect(await failureOf({ file })).toMatchObject({ reason: 'spawn-failed' });
  });

  test.runIf(process.platform === 'linux')('a schema larger than an argument may be', async () => {
    const { reason, message } = await failureOf({ call: { schema: { description: 'x'.repeat(200_000) } } });
    expect(reason).toBe('too-large');
    expect(message).toContain('--json-schema holds 200,018 bytes');
  });

  test.runIf(process.platform === 'linux')('a variable larger than one may be', async () => {
    const { reason, message } = await failureOf({ env: { SMALL: 'x', HUGE: 'x'.repeat(200_000) } });
    expect(reason).toBe('spawn-failed');
    expect(message).toContain('the variable HUGE holds 200,000 bytes');
  });

  test('a run that was stopped before it could', async () => {
    const failure = await failureOf({ stopped: true });
    expect(failure).toMatchObject({ reason: 'stopped' });
  });
});

interface Attempt {
  readonly file?: string;
  readonly cwd?: string;
  readonly call?: Partial<AgentCall>;
  readonly env?: Readonly<Record<string, string>>;
  readonly stopped?: boolean;
}

async function failureOf({
  file = script('#!/bin/sh\n'),
  cwd = '/',
  env = {},
  call,
  stopped,
}: Attempt): Promise<Failure> {
  const watch = new RecordingWatch();
  const clock = new ManualClock();
  const backend = new ProcessBackend({
    program: { kind: 'claude', path: file, prefixArgs: [], version: undefined },
    cwd,
    env,
    runId: 'run-1',
    openTranscript: () => watch.transcript,
    clock,
    kill: (pid, signal) => void process.kill(pid, signal),
    self: { uid: process.getuid?.() ?? 0, pid: process.pid },
  });
  const signal = stopped ? AbortSignal.abort(new Error('stopped')) : new AbortController().signal;
  const outcome = await backend.run(agentCall(call), watch, signal);
  expect(watch.pids).toEqual([]);
  expect(clock.pending).toEqual([]);
  return outcome as Failure;
}

function script(text: string, mode = 0o755): string {
  const file = path.join(temporaryFolder(), 'claude');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}
