/** What the sh front hands over, and what the real program gets of it: nothing. */
import { describe, expect, test } from 'vitest';
import { readFrontWords } from '../../../src/shim/front-words.ts';

describe('ignored signals', () => {
  test.each([
    ['none', '0000000000000000', []],
    ['HUP, of a kernel', '0000000000000001', ['SIGHUP']],
    ['INT and QUIT, of a kernel', '0000000000000006', ['SIGINT', 'SIGQUIT']],
    ['PIPE and USR2, of a kernel', '0000000000001800', ['SIGPIPE', 'SIGUSR2']],
    ['of a shell', "trap -- '' SIGHUP\ntrap -- '' SIGINT", ['SIGHUP', 'SIGINT']],
    ['not told', '', []],
    ['real-time signals are left alone', 'ffffffff00000000', []],
  ])('%s', (_name, text, signals) => {
    const { ignored } = readFrontWords({ ANDWAIT_SHIM_IGNORED: text }, 1);
    expect([...ignored].sort()).toEqual([...signals].sort());
  });

  test('KILL and STOP never', () => {
    const { ignored } = readFrontWords({ ANDWAIT_SHIM_IGNORED: 'ffffffffffffffff' }, 1);
    expect(ignored).not.toContain('SIGKILL');
    expect(ignored).not.toContain('SIGSTOP');
    expect(ignored).toContain('SIGTERM');
  });
});

test('descriptors', () => {
  const words = readFrontWords(
    { ANDWAIT_SHIM_OPEN: ' 3 63 1', ANDWAIT_SHIM_CLOSED: ' 0 2', ANDWAIT_SHIM_PIPE: '9' },
    1,
  );
  expect(words).toMatchObject({ open: [3, 63], closed: new Set([0, 2]), pipe: 9 });
  expect(readFrontWords({ ANDWAIT_SHIM_OPEN: '' }, 1)).toMatchObject({ open: [], pipe: undefined });
});

test('the environment is the caller’s, with a mark for a shim below', () => {
  const { env, realProgram } = readFrontWords(
    {
      PATH: '/bin',
      ANDWAIT_HOME: '/state',
      ANDWAIT_SHIM_REAL: '/opt/claude',
      ANDWAIT_SHIM_DEPTH: '3',
      ANDWAIT_SHIM_OPEN: '',
      ANDWAIT_SHIM_KEPT_NODE_OPTIONS: '--inspect',
      ANDWAIT_SHIM_KEPT_OPENSSL_CONF: '',
    },
    77,
  );
  expect(realProgram).toBe('/opt/claude');
  expect(env).toEqual({
    PATH: '/bin',
    ANDWAIT_HOME: '/state',
    NODE_OPTIONS: '--inspect',
    OPENSSL_CONF: '',
    ANDWAIT_SHIM_DEPTH: '3:parent:77:/opt/claude',
  });
});
