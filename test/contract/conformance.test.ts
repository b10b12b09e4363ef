/** Scripts with what the measured engine made of each; run here on andwait-print against the stand-in model API. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import type { RunEvent } from '../../src/core/progress.ts';
import type { RunResult } from '../../src/core/run.ts';
import { FakeMessagesApi } from '../support/api/fake-messages-api.ts';
import { runAndwait } from '../support/programs/run-in-process.ts';
import { suiteFolder } from '../support/programs/shell-project.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Case {
  readonly id: string;
  readonly script: string;
  readonly args?: Json;
  /** Script of a child workflow; `@CHILD@` in `args` stands for its path. */
  readonly child?: string;
  readonly outcome: 'completed' | 'failed' | 'refused';
  readonly result?: Json;
  readonly error?: string;
  readonly logs?: readonly string[];
  readonly agents?: number;
  readonly labels?: readonly string[];
}

const CASES = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../fixtures/conformance/cases.json'), 'utf8'),
) as readonly Case[];

/** One pool for all cases, which meet in nothing else. */
const state = path.join(suiteFolder(), 'state');
let api: FakeMessagesApi;
beforeAll(async () => {
  api = await FakeMessagesApi.start();
});
afterAll(async () => await api[Symbol.asyncDispose]());

describe('conformance', () => {
  test.each(CASES.map((entry) => [entry.id, entry] as const))('%s', async (_id, expected) => {
    const { code, stdout } = await play(expected);
    const lines = stdout.split('\n').filter(Boolean);
    const events = lines.map((line) => JSON.parse(line) as RunEvent);
    const end = events.at(-1) as RunResult;
    expect(end.status).toBe(expected.outcome);
    expect(code).toBe({ completed: expectedCompletedCode(end), failed: 1, refused: 2 }[expected.outcome]);
    if (expected.outcome === 'completed') expectSameResult(end.result, expected.result ?? null);
    else expectSameError(end.error, expected.error ?? '');
    if (expected.agents !== undefined) expect(end.calls.total).toBe(expected.agents);
    if (expected.labels) expect(labelsOf(events)).toEqual(expected.labels);
    if (expected.logs) expectSameLogs(logsOf(events), expected.logs);
  });
});

async function play({ script, args, child }: Case) {
  const cwd = temporaryFolder();
  const file = path.join(cwd, 'script.js');
  writeFileSync(file, script);
  const childFile = path.join(cwd, 'child.js');
  if (child) writeFileSync(childFile, child);
  const argsText =
    args === undefined ? [] : ['--args', JSON.stringify(args).replaceAll('@CHILD@', childFile)];
  return await runAndwait({
    argv: ['run', file, '--agent', 'print', '--output', 'ndjson', '--quiet', ...argsText],
    cwd,
    env: {
      ANDWAIT_HOME: state,
      ANDWAIT_POOL_IDLE_SECONDS: '5',
      ANDWAIT_SCRIPT_SYNC_SECONDS: '1',
      ...api.env(cwd),
    },
  });
}

/** A run whose every call failed did no work: 3, where the measured engine has no exit code to compare. */
function expectedCompletedCode({ calls }: RunResult): number {
  return calls.failed > 0 && calls.done === 0 ? 3 : 0;
}

/** Where a result carries an engine's own message, its error name is what must agree. */
function expectSameResult(actual: Json, expected: Json): void {
  expect(withoutMessages(actual)).toEqual(withoutMessages(expected));
}

const ERROR_NAME = /^(\w*Error)$/;

function withoutMessages(value: Json): Json {
  if (!Array.isArray(value)) return value;
  const [name, message, ...rest] = value as Json[];
  const isError = typeof name === 'string' && ERROR_NAME.test(name) && typeof message === 'string';
  return isError && rest.length === 0 ? [name, '…'] : (value as Json[]).map(withoutMessages);
}

/** Wording of the runtime is its own; a message of the script's is the script's. */
function expectSameError(actual: RunResult['error'], expected: string): void {
  const [, name = 'Error', message = ''] = /^(?:(\w*Error): )?([\s\S]*)$/.exec(expected) ?? [];
  expect(actual).not.toBeNull();
  if (/on purpose/.test(expected)) expect(actual).toMatchObject({ name, message });
  else if (/^(Type|Reference)Error/.test(expected)) expect(actual?.name).toBe(name);
}

function labelsOf(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'call_queued' ? [event.label] : []));
}

function logsOf(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'log' ? [event.text] : []));
}

/** The runtime's lines agree in kind, index and the message that came from outside; the script's own to the letter. */
function expectSameLogs(actual: readonly string[], expected: readonly string[]): void {
  expect(actual.map(essence)).toEqual(expected.map(essence));
}

function essence(line: string): string {
  return line.replace(/^▸ running (dynamic )?workflow /, '▸ running ');
}
