import { describe, expect, test } from 'vitest';
import { SCRIPT_VALUE_NOTICE } from '../../../../src/agent/outcome/system-notice.ts';
import { callEnvironment, inheritedEnvironment } from '../../../../src/agent/program/agent-environment.ts';
import type { AgentProgram } from '../../../../src/agent/program/agent-program.ts';
import { type AgentSettings, DEFAULT_AGENT_SETTINGS } from '../../../../src/agent/program/agent-settings.ts';
import { commandLineOf } from '../../../../src/agent/program/command-line.ts';
import { promptBytes } from '../../../../src/agent/program/prompt-bytes.ts';
import type { AgentCall } from '../../../../src/core/call.ts';
import { agentCall } from '../../../support/calls.ts';

const CLAUDE: AgentProgram = { kind: 'claude', path: '/opt/claude', prefixArgs: [], version: undefined };
const PRINT: AgentProgram = {
  kind: 'print',
  path: '/opt/node',
  prefixArgs: ['/dist/print.js'],
  version: '1.0.0',
};
const ALWAYS = ['-p', '--output-format', 'stream-json', '--verbose'];

function argsOf(
  call: Partial<AgentCall>,
  settings: Partial<AgentSettings> = {},
  program = CLAUDE,
): readonly string[] {
  const quiet = { permissionMode: 'default', systemNotice: null };
  return commandLineOf(agentCall(call), program, { ...DEFAULT_AGENT_SETTINGS, ...quiet, ...settings }).args;
}

const added = (...args: readonly string[]) => [...ALWAYS, ...args];
const PERMISSION = ['--permission-mode', 'default'];

test.each([
  [undefined, []],
  [1.5, ['--max-budget-usd', '1.5000']],
  [0.00000001, ['--max-budget-usd', '0.0001']],
])('a budget of %s', (budgetUsd, expected) => {
  const settings = { ...DEFAULT_AGENT_SETTINGS, permissionMode: 'default', systemNotice: null };
  const { args } = commandLineOf(agentCall({}), CLAUDE, settings, { budgetUsd });
  expect(args).toEqual([...ALWAYS, ...PERMISSION, ...expected]);
});

describe('arguments', () => {
  test.each<readonly [string, Partial<AgentCall>, Partial<AgentSettings>, readonly string[]]>([
    ['nothing asked', {}, {}, PERMISSION],
    ['a model', { model: 'opus' }, {}, ['--model', 'opus', ...PERMISSION]],
    ['the model that would be used anyway', { model: 'inherit' }, {}, PERMISSION],
    [
      'what a session hands on, before the list that takes every word',
      {},
      { flags: ['--tools', 'Read'], allowedTools: ['A', 'B'] },
      [...PERMISSION, '--tools', 'Read', '--allowedTools', 'A', 'B'],
    ],
    ['an effort', { effort: 'max' }, {}, ['--effort', 'max', ...PERMISSION]],
    ['an agent type', { agentType: 'reviewer' }, {}, ['--agent', 'reviewer', ...PERMISSION]],
    ['a turn limit', {}, { maxTurns: 3 }, [...PERMISSION, '--max-turns', '3']],
    ['a permission mode', {}, { permissionMode: 'plan' }, ['--permission-mode', 'plan']],
    ['a schema', { schema: { type: 'object' } }, {}, [...PERMISSION, '--json-schema', '{"type":"object"}']],
    [
      'tools, last',
      { schema: {} },
      { allowedTools: ['Read', 'Bash(git *)'] },
      [...PERMISSION, '--json-schema', '{}', '--allowedTools', 'Read', 'Bash(git *)'],
    ],
  ])('%s', (_name, call, settings, expected) => {
    expect(argsOf(call, settings)).toEqual(added(...expected));
  });

  test('the defaults accept edits and tell the agent who reads its answer', () => {
    const { args } = commandLineOf(agentCall(), CLAUDE, DEFAULT_AGENT_SETTINGS);
    expect(args).toEqual(
      added('--permission-mode', 'acceptEdits', '--append-system-prompt', SCRIPT_VALUE_NOTICE.forText),
    );
  });

  test('with a schema the notice is the shorter one', () => {
    const { args } = commandLineOf(agentCall({ schema: {} }), CLAUDE, DEFAULT_AGENT_SETTINGS);
    expect(args).toContain(SCRIPT_VALUE_NOTICE.forSchema);
    expect(args).not.toContain(SCRIPT_VALUE_NOTICE.forText);
    expect(SCRIPT_VALUE_NOTICE.forSchema.length).toBeLessThan(SCRIPT_VALUE_NOTICE.forText.length);
  });

  test('print mode is a script of our Node', () => {
    const { file, args } = commandLineOf(agentCall(), PRINT, { ...DEFAULT_AGENT_SETTINGS, rehearse: true });
    expect(file).toBe('/opt/node');
    expect(args.slice(0, 6)).toEqual(['/dist/print.js', ...ALWAYS, '--rehearse']);
  });

  test('a rehearsal never starts the real program', () => {
    expect(() => argsOf({}, { rehearse: true })).toThrow('/opt/claude');
  });

  test('the prompt is never among them', () => {
    expect(argsOf({ prompt: 'secret words' }).join(' ')).not.toContain('secret');
  });
});

describe('the prompt on stdin', () => {
  test.each([
    ['as it is', 'do it', 'do it'],
    ['space and line feeds at its ends', ' \n do it \n\n', ' \n do it \n\n'],
    ['a slash first', '/cost', '\n/cost'],
    ['a slash after white space', ' /cost', ' /cost'],
    ['a slash inside', 'a/b', 'a/b'],
    ['carriage returns and U+2028', 'a\r\nb\u2028c', 'a\r\nb\u2028c'],
  ])('%s', (_name, prompt, stdin) => {
    expect(promptBytes(prompt)).toBe(stdin);
  });

  test.each([
    ['empty', '', '  '],
    ['spaces', '   ', '     '],
    ['line feeds', '\n\n', '  \n  \n  '],
  ])('%s: framed, because the program would refuse it', (_name, prompt, framed) => {
    const text = promptBytes(prompt);
    expect(text.trim()).not.toBe('');
    expect(text.slice(text.indexOf('The computed task text follows:\n'))).toBe(
      `The computed task text follows:\n${framed}`,
    );
  });
});

describe('the environment', () => {
  test('is handed on, with the call’s own names', () => {
    const call = agentCall({ id: 4, key: 'v1:abc:2', occurrence: 2 });
    expect(callEnvironment({ HOME: '/home/me', ANDWAIT_CALL: '1' }, call, 'r-9', undefined)).toEqual({
      HOME: '/home/me',
      ANDWAIT_RUN_ID: 'r-9',
      ANDWAIT_CALL: '4',
      ANDWAIT_CALL_KEY: 'v1:abc:2',
      ANDWAIT_CALL_OCCURRENCE: '2',
    });
  });

  test('names the slot it holds, not the one of an agent around us', () => {
    const ticket = { socketPath: '/p/s.sock', token: 'secret', leaseId: 'L1' };
    const env = callEnvironment({ ANDWAIT_LEASE: 'outer' }, agentCall(), 'r-9', ticket);
    expect(env).toMatchObject({ ANDWAIT_LEASE: 'L1' });
    expect(JSON.stringify(env)).not.toContain('secret');
  });

  test('holds no password of a queue', () => {
    expect(inheritedEnvironment({ ANDWAIT_QUEUE: 'redis://:secret@h', HOME: '/h' })).toEqual({ HOME: '/h' });
  });

  test('says nothing of an agent around us, but keeps what the user set', () => {
    const around = { CLAUDECODE: '1', CLAUDE_CODE_ENTRYPOINT: 'cli', CLAUDE_CODE_MESSAGING_TOKEN: 't' };
    const own = { ANTHROPIC_API_KEY: 'k', CLAUDE_CONFIG_DIR: '/c', CLAUDE_CODE_MAX_OUTPUT_TOKENS: '9' };
    expect(inheritedEnvironment({ ...around, ...own })).toEqual(own);
  });
});

test('a session that is gone on with has its task already', () => {
  const call = agentCall({ prompt: 'count', schema: { type: 'object' } });
  const line = commandLineOf(call, CLAUDE, DEFAULT_AGENT_SETTINGS, { session: 's-1' });
  expect(line.args.join(' ')).toContain('--resume s-1');
  expect(line.args).toContain('--json-schema');
  expect(line.stdin).toMatch(/^Nothing was heard from you .* Go on with the task/);
});

test('where no session is kept, it begins anew', () => {
  const flags = ['--no-session-persistence'];
  const line = commandLineOf(
    agentCall({ prompt: 'count' }),
    PRINT,
    { ...DEFAULT_AGENT_SETTINGS, flags },
    { session: 's-1' },
  );
  expect(line.args).not.toContain('--resume');
  expect(line.stdin).toBe('count');
});
