/** A session that ends, or is interrupted, while its workflow runs: nothing of it goes on, and what was paid for is kept. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reply } from '../../support/api/fake-messages-api.ts';
import { DIST } from '../../support/programs/run-in-process.ts';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';
import { answersIn, TWO, WorkflowStage } from './workflow-stage.ts';

const suite = suiteFolder();
let stage: WorkflowStage;

beforeEach(async () => {
  stage = await WorkflowStage.open();
});
afterEach(async () => await stage[Symbol.asyncDispose]());

/** The first agent answers, the second one waits for its model. */
const ONE_BY_ONE = `export const meta = { name: 'slow', description: 'd' }
const a = await agent('first')
const b = await agent('second')
return [a, b]
`;

async function untilSecondAgent(start: () => ReturnType<WorkflowStage['start']>) {
  const api = stage.calls({ script: ONE_BY_ONE }).api.hold();
  const started = start();
  (await api.request(2)).answer(reply().text('paid for'));
  return { ...started, second: await api.request(3) };
}

/** Of this test: they alone have its state folder in their environment. */
function processesLeft(besides: readonly string[] = []): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/environ`).includes(`ANDWAIT_HOME=${stage.state}\0`))
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '))
    .filter((line) => line !== '' && !['pool-broker', ...besides].some((name) => line.includes(name)));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function ends(): string[] {
  const [runId = ''] = stage.runIds();
  return stage.records(runId).flatMap((record) => (record.type === 'outcome' ? [record.outcome.kind] : []));
}

describe('while an agent works', () => {
  test('SIGINT: the agent is ended, the model could be told what to resume, the result says so', async () => {
    const { child, second, ended } = await untilSecondAgent(() => stage.start());
    child.kill('SIGINT');
    await second.abandoned;
    const { code, events } = await ended;
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ terminal_reason: 'aborted_tools', is_error: true });
    const [runId = ''] = stage.runIds();
    expect(answersIn({ events })).toMatchObject([
      { isError: true, forPrograms: { status: 'stopped', runId, agents: { done: 1, stopped: 1 } } },
    ]);
    expect(processesLeft()).toEqual([]);
  });

  test('SIGTERM: exit 143, nothing more is said, nothing is left', async () => {
    const { child, second, ended } = await untilSecondAgent(() => stage.start());
    child.kill('SIGTERM');
    await second.abandoned;
    const { code, events } = await ended;
    expect(code).toBe(143);
    expect(answersIn({ events })).toEqual([]);
    expect(processesLeft()).toEqual([]);
    expect(ends()).toEqual(['reply', 'failure']);
  });

  test('kill -9: the agent is ended all the same, and the session resumes the run', async () => {
    const { child, second, ended } = await untilSecondAgent(() => stage.start());
    child.kill('SIGKILL');
    await second.abandoned;
    const { events } = await ended;
    await expect.poll(() => processesLeft(), { timeout: 10_000 }).toEqual([]);
    const [runId = ''] = stage.runIds();
    expect(ends()[0]).toBe('reply');
    const api = stage.calls({ resumeFromRunId: runId }).api;
    const again = stage.start({
      args: ['--allowedTools', 'Workflow', '--resume', String(events[0]?.['session_id'])],
    });
    (await api.request(5)).answer(reply().text('at last'));
    (await api.request(6)).answer(reply().text('fin'));
    expect(answersIn(await again.ended)).toMatchObject([
      {
        isError: false,
        forPrograms: { runId, result: ['paid for', 'at last'], agents: { replayed: 1, done: 1 } },
      },
    ]);
  });

  test('interrupted by its host: the session goes on, and can resume', async () => {
    const { child, second, ended } = await untilSecondAgent(() => {
      const started = stage.start({
        args: ['--input-format', 'stream-json', '--allowedTools', 'Workflow'],
        stdin: 'open',
      });
      started.child.stdin?.write(user('go'));
      return started;
    });
    const { api } = stage;
    child.stdin?.write(
      `${JSON.stringify({ type: 'control_request', request_id: 'r', request: { subtype: 'interrupt' } })}\n`,
    );
    await second.abandoned;
    child.stdin?.end(user('go on'));
    const next = await api.request(4);
    const [, runId = ''] = /Run ID: ([\w-]+)/.exec(JSON.stringify(next.messages)) ?? [];
    next.answer(reply().tool('Workflow', { resumeFromRunId: runId }));
    (await api.request(5)).answer(reply().text('at last'));
    (await api.request(6)).answer(reply().text('fin'));
    const { events, code } = await ended;
    expect(code).toBe(0);
    expect(answersIn({ events }).at(-1)).toMatchObject({ forPrograms: { result: ['paid for', 'at last'] } });
    expect(processesLeft()).toEqual([]);
  });
});

function user(text: string): string {
  return `${JSON.stringify({ type: 'user', message: { role: 'user', content: text } })}\n`;
}

test('below a recipe, in a pool of one slot: the caller lends its own', async () => {
  const project = new ShellProject(suite, { 'TWO.js': TWO });
  project.write(
    'bin/claude',
    `#!/bin/sh\nexec '${process.execPath}' '${path.join(DIST, 'andwait-print.js')}' "$@"\n`,
    0o755,
  );
  stage.calls({ scriptPath: 'TWO.js' });
  const env = {
    ...stage.api.env(project.cwd),
    ANDWAIT_SLOTS: '1',
    PATH: `${path.join(project.cwd, 'bin')}:${path.dirname(process.execPath)}:/usr/bin:/bin`,
  };
  const ended = await project.start(
    [
      'exec',
      '--',
      'claude',
      '-p',
      'hi',
      '--output-format',
      'json',
      '--verbose',
      '--allowedTools',
      'Workflow',
    ],
    { env },
  ).ended;
  expect(ended).toMatchObject({ code: 0 });
  expect(answersIn({ events: JSON.parse(ended.stdout) })).toMatchObject([
    { isError: false, forPrograms: { result: { a: 'one', b: 'two' } } },
  ]);
  expect(project.runIds()).toHaveLength(2);
  expect(stage.api.peak).toBe(1);
});
