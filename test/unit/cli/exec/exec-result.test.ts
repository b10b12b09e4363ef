import { describe, expect, test } from 'vitest';
import { callsOf, codeInPlace, statusOf } from '../../../../src/cli/exec/exec-result.ts';
import { type ExecEnd, execSummary, lastWords } from '../../../../src/cli/exec/exec-words.ts';
import { failOnOf } from '../../../../src/cli/fail-on.ts';
import { failure, NO_ACCOUNT, NO_USAGE, type Outcome } from '../../../../src/core/outcome.ts';
import { NO_CALLS, type RunResult } from '../../../../src/core/run.ts';
import type { JournalRecord } from '../../../../src/wire/records/record.ts';
import { started as startedRecord } from '../../../support/runs/recorded-run.ts';
import { DESCRIPTION } from '../../../support/runs/run-description.ts';

const { options } = DESCRIPTION;

function attempt(number: number): JournalRecord {
  const record = { agent: 'claude', rehearsal: false, script: '', args: undefined, options, pid: 1, at: 0 };
  return { type: 'attempt', attempt: number, ...record };
}

const started = (call: number, of: number): JournalRecord =>
  startedRecord(call, { label: `call ${call}`, attempt: of });

function settled(call: number, of: number, outcome: Outcome): JournalRecord {
  return { type: 'outcome', call, key: `k${call}`, outcome, durationMs: 10, attempt: of, at: 0 };
}

const replayed = (call: number, of: number): JournalRecord => ({
  type: 'replayed',
  call,
  key: `k${call}`,
  attempt: of,
  at: 0,
});
const refused = (count = 1): JournalRecord => ({
  type: 'refused',
  label: 'one more',
  cap: 'agents',
  raise: '--max-agents 20',
  count,
  at: 0,
});

const usage = { ...NO_USAGE, outputTokens: 5 };
const REPLY: Outcome = {
  kind: 'reply',
  text: 'ok',
  structured: undefined,
  ...NO_ACCOUNT,
  usage,
  costUsd: 0.5,
};
const TEXT_REPLY: Outcome = { ...REPLY, usage: NO_USAGE, costUsd: null, unmetered: true };
const FAILED = failure('exit', 'ended with 1');

describe('the calls of an attempt', () => {
  test('are counted as they ended', () => {
    const { tally, open } = callsOf(
      [
        attempt(1),
        ...[1, 2, 3, 4, 5].map((call) => started(call, 1)),
        settled(1, 1, REPLY),
        settled(2, 1, FAILED),
        settled(3, 1, TEXT_REPLY),
        settled(4, 1, failure('stopped', 'stopped')),
        refused(1),
        refused(7),
      ],
      1,
    );
    expect(tally.calls).toEqual({
      ...NO_CALLS,
      total: 5,
      done: 2,
      failed: 1,
      stopped: 1,
      refused: 7,
      raises: { agents: '--max-agents 20' },
      unmetered: 1,
      failures: { exit: 1 },
    });
    expect(tally).toMatchObject({ usage, costUsd: 0.5 });
    expect(open).toBe(1);
  });

  test('of a resumed run are its own and what was answered again; nothing is paid twice', () => {
    const first = [
      attempt(1),
      started(1, 1),
      settled(1, 1, REPLY),
      started(2, 1),
      settled(2, 1, FAILED),
      refused(),
    ];
    const second = [attempt(2), replayed(1, 2), started(3, 2), settled(3, 2, REPLY)];
    const { tally, findings, open } = callsOf([...first, ...second], 2);
    expect(tally.calls).toEqual({ ...NO_CALLS, total: 2, done: 1, replayed: 1 });
    expect(tally.usage).toEqual(usage);
    expect([...findings.failures]).toEqual([]);
    expect(open).toBe(0);
  });

  test('those that failed are told with their labels', () => {
    const { findings } = callsOf([attempt(1), started(7, 1), settled(7, 1, FAILED)], 1);
    expect([...findings.failures]).toEqual([
      { reason: 'exit', message: 'ended with 1', count: 1, firstCalls: [{ id: 7, label: 'call 7' }] },
    ]);
  });
});

test.each([
  [{ kind: 'exited', code: 0 }, false, 0, 'completed'],
  [{ kind: 'exited', code: 3 }, false, 0, 'failed'],
  [{ kind: 'signalled', signal: 'SIGSEGV' }, false, 0, 'failed'],
  [{ kind: 'exited', code: 0 }, true, 0, 'stopped'],
  [{ kind: 'signalled', signal: 'SIGTERM' }, true, 0, 'stopped'],
  [{ kind: 'not-started', code: 127, message: 'm' }, false, 0, 'failed'],
  [{ kind: 'exited', code: 0 }, false, 1, 'capped'],
  [{ kind: 'exited', code: 3 }, false, 1, 'capped'],
  [{ kind: 'exited', code: 0 }, true, 1, 'stopped'],
] as const)('%j, stopped: %s, refused: %s: %s', (end, wasStopped, refusals, status) => {
  expect(statusOf(end, wasStopped, refusals)).toBe(status);
});

test.each<[string, RunResult['status'], number, number | undefined]>([
  ['well', 'completed', 0, undefined],
  ['badly', 'failed', 9, undefined],
  ['well, but for calls that a cap refused', 'capped', 0, 75],
  ['badly, with calls that a cap refused', 'capped', 9, 9],
  ['because its time was up', 'paused', 143, 75],
  ['because it was stopped', 'stopped', 0, undefined],
])('a recipe that ended %s', (_name, status, code, told) => {
  const { result } = ended(status === 'capped' ? [refused()] : [], status);
  expect(codeInPlace({ kind: 'exited', code }, result, undefined) ?? code).toBe(told ?? code);
  const worst = status === 'capped' && code === 0 ? 3 : (told ?? code);
  expect(codeInPlace({ kind: 'exited', code }, result, failOnOf('1')) ?? code).toBe(worst);
});

function ended(records: readonly JournalRecord[], status: RunResult['status'] = 'completed'): ExecEnd {
  const calls = callsOf([attempt(1), ...records], 1);
  const result: RunResult = {
    type: 'result',
    runId: 'r1',
    name: 'nightly.sh',
    status,
    result: { exitCode: 0 },
    error: null,
    ...calls.tally,
    durationMs: 1000,
    attempts: [],
  };
  return { result, calls, usedPrintMode: false };
}

const WELL = ended([started(1, 1), settled(1, 1, REPLY)]);
const WITH_FAILURE = ended([started(1, 1), settled(1, 1, FAILED)]);

describe('what is said', () => {
  test.each([
    ['all went well, nobody watches', WELL, { quiet: false, isTerminal: false }, false],
    ['all went well, on a terminal', WELL, { quiet: false, isTerminal: true }, true],
    ['all went well, quiet', WELL, { quiet: true, isTerminal: true }, false],
    ['a call failed, nobody watches', WITH_FAILURE, { quiet: false, isTerminal: false }, true],
    ['a call failed, quiet', WITH_FAILURE, { quiet: true, isTerminal: false }, false],
    ['somebody stopped it, nobody watches', ended([], 'stopped'), { quiet: false, isTerminal: false }, true],
    ['a cap was reached, nobody watches', ended([refused()]), { quiet: false, isTerminal: false }, true],
  ])('%s', (_name, end, audience, isTold) => {
    expect(lastWords(end, audience) !== '').toBe(isTold);
  });

  test('which calls failed, and how to go on', () => {
    const lines = execSummary(WITH_FAILURE);
    expect(lines).toContain('  failed   exit: ended with 1 (#1 call 1)');
    expect(lines.at(-1)).toBe('go on with: andwait exec --resume r1');
  });

  test('after a cap, going on needs a larger one', () => {
    expect(execSummary(ended([refused()])).at(-1)).toBe(
      'go on with: andwait exec --resume r1 --max-agents 20',
    );
  });

  test('that a recipe made no call that we saw', () => {
    expect(execSummary(ended([])).join('\n')).toContain('no `claude` came by');
    expect(execSummary(WELL).join('\n')).not.toContain('no `claude`');
  });

  test('that print mode answered for want of a claude, where anything was asked', () => {
    const words = (end: ExecEnd, usedPrintMode: boolean): string =>
      execSummary({ ...end, usedPrintMode }).join('\n');
    expect(words(WELL, true)).toContain('\n  no `claude` on PATH: andwait-print answered in its place');
    expect(words(WELL, false)).not.toContain('andwait-print');
    expect(words(ended([]), true)).not.toContain('andwait-print');
  });

  test('calls that tell no tokens, and calls that were left in the background', () => {
    const lines = execSummary(ended([started(1, 1), settled(1, 1, TEXT_REPLY), started(2, 1)])).join('\n');
    expect(lines).toContain('\n  no usage 1 call unmetered:');
    expect(lines).toContain('\n  left     1 call in the background');
  });
});
