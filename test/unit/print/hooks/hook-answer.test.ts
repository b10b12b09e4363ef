import { describe, expect, test } from 'vitest';
import { type HookVerdict, together, verdictOf } from '../../../../src/print/hooks/hook-answer.ts';
import type { ProgramOutput } from '../../../../src/print/program-output.ts';

const output = (
  differs: Partial<Omit<ProgramOutput, 'stdout'>> & { stdout?: unknown } = {},
): ProgramOutput => ({
  code: 0,
  stderr: '',
  cut: undefined,
  ...differs,
  stdout: Buffer.from(
    typeof differs.stdout === 'string' ? differs.stdout : JSON.stringify(differs.stdout ?? ''),
  ),
});
const decided = (fields: object) => output({ stdout: { hookSpecificOutput: fields } });
const denied = (why: string) => ({
  kind: 'deny',
  message: expect.stringContaining(`PreToolUse:Bash hook: ${why}`),
});

test.each<[string, ProgramOutput | undefined, object]>([
  ['exit 0 and no word', output({ stdout: '' }), { kind: 'none', input: undefined }],
  ['exit 0 and words', output({ stdout: '{looks fine}' }), { kind: 'none' }],
  ['exit 2', output({ code: 2, stderr: 'no\n' }), denied('no')],
  ['exit 2 without a word', output({ code: 2 }), denied('it denies this call')],
  [
    'another failure',
    output({ code: 1, stderr: 'oops' }),
    { kind: 'none', notice: expect.stringContaining('oops') },
  ],
  [
    'a command that is not there',
    output({ code: 127, stderr: 'sh: guard: not found' }),
    denied('it could not be started: sh: guard'),
  ],
  ['no answer in time', output({ code: null, cut: 'time' }), denied('it did not answer in time')],
  ['an answer without an end', output({ cut: 'size' }), denied('its answer is too long')],
  ['killed', output({ code: null }), denied('it was ended')],
  ['not started', undefined, denied('it could not be started')],
  ['deny', decided({ permissionDecision: 'deny', permissionDecisionReason: 'why' }), denied('why')],
  ['block, the older word', output({ stdout: { decision: 'block', reason: 'why' } }), denied('why')],
  ['stop', output({ stdout: { continue: false, stopReason: 'enough' } }), denied('enough')],
  [
    'a word that is new',
    decided({ permissionDecision: 'perhaps' }),
    denied('it answers with a decision that is not known'),
  ],
  ['allow', decided({ permissionDecision: 'allow' }), { kind: 'allow', input: undefined }],
  [
    'allow another input',
    decided({ permissionDecision: 'allow', updatedInput: { a: 1 } }),
    { kind: 'allow', input: { a: 1 } },
  ],
  ['another input alone', decided({ updatedInput: { a: 1 } }), { kind: 'none', input: { a: 1 } }],
  [
    'ask',
    decided({ permissionDecision: 'ask', permissionDecisionReason: 'hm' }),
    { kind: 'ask', message: 'hm' },
  ],
])('%s', (_name, said, verdict) => {
  expect(verdictOf(said, 'Bash')).toMatchObject(verdict);
});

describe('several', () => {
  const none: HookVerdict = { kind: 'none', input: undefined, notice: 'n' };
  const allow: HookVerdict = { kind: 'allow', input: { a: 1 } };
  const ask: HookVerdict = { kind: 'ask', message: 'ask' };
  const deny: HookVerdict = { kind: 'deny', message: 'deny' };

  test.each<[HookVerdict[], HookVerdict]>([
    [[], { kind: 'none', input: undefined }],
    [[none, allow], { kind: 'allow', input: { a: 1 }, notice: 'n' }],
    [[allow, ask], ask],
    [[ask, deny, allow], deny],
  ])('%j is %j', (verdicts, verdict) => {
    expect(together(verdicts)).toEqual(verdict);
  });
});
