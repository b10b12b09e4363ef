/** What each check makes of what it finds; that it finds it is for the tests with real machines around them. */
import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../../../src/cli/doctor/doctor-command.ts';
import { judgedLock } from '../../../../src/cli/doctor/lock-program.ts';
import { isEnough } from '../../../../src/cli/doctor/node-version.ts';
import { judgedProcesses } from '../../../../src/cli/doctor/orphans.ts';
import { judgedStatus } from '../../../../src/cli/doctor/pool-broker.ts';
import { judgedRoom } from '../../../../src/cli/doctor/state-folder.ts';
import { judgedNotes } from '../../../../src/cli/doctor/unpooled-calls.ts';
import { UserError } from '../../../../src/core/exit.ts';
import type { Program } from '../../../../src/core/program.ts';
import type { PoolStatus } from '../../../../src/wire/pool/pool-status.ts';
import type { MarkedProcess } from '../../../../src/wire/processes/marked-processes.ts';

const STATUS: PoolStatus = {
  version: '1.2.3',
  pid: 7,
  startedAt: 0,
  slots: 4,
  pace: { slots: 4, until: null, cause: null },
  paused: false,
  minFreeBytes: null,
  taken: 1,
  lent: 0,
  waiting: 2,
  runs: [{ runId: 'alive', dir: '/runs/alive', running: 1, waiting: 2, refused: 0, held: null, calls: [] }],
};

test.each([
  ['v20.19.0', true],
  ['v20.18.3', false],
  ['v22.1.0', true],
  ['v24.0.0-nightly', true],
  ['v18.20.4', false],
  ['command not found', false],
])('Node %s is enough: %s', (answer, enough) => {
  expect(isEnough(answer)).toBe(enough);
});

test.each([
  ['plenty', 50e9, 100e9, 'ok'],
  ['little of a small disk', 600e6, 1e9, 'ok'],
  ['little', 400e6, 1e9, 'problem'],
  ['little of a large disk', 5e9, 1000e9, 'problem'],
])('%s room', (_name, free, all, level) => {
  expect(judgedRoom('/state', free, all)).toMatchObject({ about: 'disk', level });
});

test.each([
  ['Linux with flock', 'linux', true, ['ok']],
  ['Linux without', 'linux', false, ['problem']],
  ['macOS, which needs none', 'darwin', false, []],
] as const)('%s', (_name, platform, exists, levels) => {
  expect(judgedLock(platform, () => exists).map(({ level }) => level)).toEqual(levels);
});

test('a check that throws is a problem of its own', async () => {
  const check = () => Promise.reject(new Error('EACCES: permission denied'));
  expect(await findingsOf({ about: 'pool', check }, {} as Program)).toEqual([
    {
      about: 'pool',
      level: 'problem',
      message: 'this could not be checked (EACCES: permission denied)',
      remedy: expect.stringContaining('report it') as string,
    },
  ]);
});

test('what a person can mend is no bug of ours', async () => {
  const check = () => Promise.reject(new UserError('the working folder is gone: cd to another'));
  expect(await findingsOf({ about: 'agent', check }, {} as Program)).toEqual([
    { about: 'agent', level: 'problem', message: 'the working folder is gone: cd to another' },
  ]);
});

test('one slot is no slots', () => {
  expect(judgedStatus({ ...STATUS, slots: 1, taken: 0 }, '1.2.3').message).toContain('0 of 1 slot taken');
});

test.each([
  ['of this version', STATUS, 'ok'],
  ['of another', { ...STATUS, version: '1.2.2' }, 'problem'],
  ['paused', { ...STATUS, paused: true }, 'note'],
])('a broker %s', (_name, status, level) => {
  const found = judgedStatus(status, '1.2.3');
  expect(found.level).toBe(level);
  expect(found.message).toContain('1 of 4 slots taken, 2 waiting');
  expect(found.remedy === undefined).toBe(level === 'ok');
});

describe('notes of calls without the pool', () => {
  const note = (at: number) => JSON.stringify({ at, pid: 1, reason: 'nobody answered' });

  test.each([
    ['none', '', 'ok'],
    ['two', `${note(0)}\n${note(60_000)}\n`, 'problem'],
    ['a torn one', `${note(60_000)}\n{"at":12`, 'problem'],
    ['only a torn one', '{"at":12', 'problem'],
  ])('%s', (_name, text, level) => {
    expect(judgedNotes('/state/unpooled.ndjson', text, 120_000)).toMatchObject([{ level }]);
  });

  test('of a setting that was not understood tell of no call without the pool', () => {
    const ignored = JSON.stringify({
      at: 60_000,
      pid: 1,
      ignored: 'ANDWAIT_QUEUE_SECONDS "foo": expected seconds',
    });
    expect(judgedNotes('/f', `${ignored}\n${ignored}\n`, 180_000)).toEqual([
      { about: 'unpooled', level: 'ok', message: 'no call had to go without the pool' },
      {
        about: 'unpooled',
        level: 'note',
        message: '2 calls ignored a setting, the last 2m ago: ANDWAIT_QUEUE_SECONDS "foo": expected seconds',
        remedy: 'mend or unset it; then: rm /f',
      },
    ]);
    expect(judgedNotes('/f', `${note(0)}\n${ignored}\n`, 180_000)).toMatchObject([
      { level: 'problem', message: '1 call went without the pool, the last 3m ago: nobody answered' },
      { level: 'note', message: expect.stringMatching(/^1 call ignored/) as string },
    ]);
  });

  test('are counted, and the last one is quoted', () => {
    const [found] = judgedNotes('/f', `${note(0)}\n${note(60_000)}\n`, 180_000);
    expect(found?.message).toBe('2 calls went without the pool, the last 2m ago: nobody answered');
    expect(found?.remedy).toContain('rm /f');
  });
});

describe('processes of runs', () => {
  const one = (pid: number, env: Readonly<Record<string, string>>): MarkedProcess => ({
    pid,
    startTicks: '1',
    env: new Map(Object.entries(env)),
  });

  test.each([
    ['of a run that the pool knows', { ANDWAIT_RUN_ID: 'alive', ANDWAIT_LEASE: 'l' }, 'ok'],
    ['an agent of another', { ANDWAIT_RUN_ID: 'gone', ANDWAIT_LEASE: 'l' }, 'problem'],
    ['an agent without lease', { ANDWAIT_RUN_ID: 'gone', ANDWAIT_CALL: '1' }, 'problem'],
    ['what a recipe left behind', { ANDWAIT_RUN_ID: 'gone', ANDWAIT_EXEC: '1' }, 'note'],
  ])('%s', (_name, env, level) => {
    expect(judgedProcesses([one(5, env)], STATUS)).toMatchObject([{ about: 'orphans', level }]);
  });

  test('each orphan is named, with what ends it', () => {
    const lost = { ANDWAIT_RUN_ID: 'gone', ANDWAIT_LEASE: 'l' };
    const known = { ANDWAIT_RUN_ID: 'alive', ANDWAIT_LEASE: 'm' };
    const [found] = judgedProcesses([one(5, lost), one(6, lost), one(7, known)], STATUS);
    expect(found?.message).toMatch(/^2 agents.*\(gone\)$/);
    expect(found?.remedy).toMatch(/kill 5 6$/);
  });
});
