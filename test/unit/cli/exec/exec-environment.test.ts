import { describe, expect, test } from 'vitest';
import { isBelow, recipeEnvironment } from '../../../../src/cli/exec/exec-environment.ts';

const RUN = {
  runId: 'r2',
  dir: '/runs/r2',
  cwd: '/project',
  shims: '/lib/shims',
  nodePath: '/opt/node',
  timeoutMs: null,
  idleMs: null,
};
const below = (env: Readonly<Record<string, string>>) => recipeEnvironment(env, RUN);

test('tells the calls below which run they belong to', () => {
  expect(below({ PATH: '/bin', LANG: 'C' })).toEqual({
    PATH: '/lib/shims:/bin',
    LANG: 'C',
    ANDWAIT_RUN_ID: 'r2',
    ANDWAIT_RUN_DIR: '/runs/r2',
    ANDWAIT_RUN_CWD: '/project',
    ANDWAIT_EXEC: '1',
    ANDWAIT_NODE: '/opt/node',
  });
});

test.each([
  ['nowhere on it', '/bin', '/lib/shims:/bin'],
  ['already first', '/lib/shims:/bin', '/lib/shims:/bin'],
  ['behind the real one', '/bin:/lib/shims', '/lib/shims:/bin'],
  ['twice', '/lib/shims:/bin:/lib/shims', '/lib/shims:/bin'],
  ['the working folder keeps its place', ':/bin:', '/lib/shims::/bin:'],
])('the shim comes first on PATH: %s', (_where, searchPath, expected) => {
  expect(below({ PATH: searchPath })['PATH']).toBe(expected);
});

test('without a PATH, the usual folders are searched', () => {
  expect(below({})['PATH']).toBe('/lib/shims:/usr/local/bin:/usr/bin:/bin');
});

describe('below an agent of another run', () => {
  const env = below({
    ANDWAIT_RUN_ID: 'r1',
    ANDWAIT_LEASE: 'l1',
    ANDWAIT_CALL: '3',
    ANDWAIT_CALL_KEY: 'k',
    ANDWAIT_CALL_OCCURRENCE: '1',
  });

  test('its slot can still be borrowed, and its number is not passed off as ours', () => {
    expect(env['ANDWAIT_LEASE']).toBe('l1');
    expect(Object.keys(env).filter((name) => name.startsWith('ANDWAIT_CALL'))).toEqual([]);
  });

  test('what is started belongs to both runs', () => {
    const entries = new Map(Object.entries(env).map(([name, value]) => [name, value ?? '']));
    expect(isBelow('r2', entries)).toBe(true);
    expect(isBelow('r1', entries)).toBe(true);
    expect(isBelow('r', entries)).toBe(false);
  });
});

test('two levels down, three runs', () => {
  const outer = below({ ANDWAIT_RUN_ID: 'r1' });
  const inner = recipeEnvironment(outer, { ...RUN, runId: 'r3' });
  expect(inner['ANDWAIT_RUNS_ABOVE']).toBe('r1:r2');
});

test('tells the calls below how long they may take and be silent; what holds further up does not', () => {
  const outer = recipeEnvironment({}, { ...RUN, timeoutMs: 90_000, idleMs: 1500 });
  expect(outer).toMatchObject({ ANDWAIT_TIMEOUT_SECONDS: '90', ANDWAIT_IDLE_SECONDS: '1.5' });
  const inner = recipeEnvironment(outer, { ...RUN, runId: 'r3' });
  expect(Object.keys(inner).filter((name) => name.endsWith('_SECONDS'))).toEqual([]);
});
