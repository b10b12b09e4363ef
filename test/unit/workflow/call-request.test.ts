import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { type CallChoices, callRequestOf } from '../../../src/workflow/call-request.ts';

const NO_CHOICES: CallChoices = {
  model: undefined,
  effort: undefined,
  modelFor: new Map(),
  metaModels: new Map(),
};
const TOP = { phase: undefined, workflow: undefined };

function requestOf(options: JsonObject, choices: Partial<CallChoices> = {}, prompt = 'do it') {
  return callRequestOf(prompt, options, TOP, { ...NO_CHOICES, ...choices });
}

test.each<[string, JsonObject, JsonObject]>([
  ['nothing', {}, { label: 'do it' }],
  ['a label', { label: 'mine' }, { label: 'mine' }],
  ['a label that is no string', { label: 7 }, { label: 'do it' }],
  ['an empty label', { label: '' }, { label: 'do it' }],
  ['a label without end', { label: 'x'.repeat(1e6) }, { label: `${'x'.repeat(500)}…` }],
  ['a phase', { phase: 'Find' }, { phase: 'Find' }],
  ['an effort', { effort: 'xhigh' }, { effort: 'xhigh' }],
  ['isolation', { isolation: 'worktree' }, { isolation: 'worktree' }],
  ['an agent type', { agentType: 'Explore' }, { agentType: 'Explore' }],
  ['a model', { model: 'haiku' }, { model: 'haiku' }],
])('%s is taken', (_name, options, expected) => {
  expect(requestOf(options)).toMatchObject(expected);
});

test.each<[string, JsonObject, string]>([
  ['an unknown effort', { effort: 'extreme' }, 'effort'],
  ['another isolation', { isolation: 'container' }, 'isolation'],
  ['a model that is no string', { model: { id: 'x' } }, 'model'],
  ['the model `inherit`', { model: 'inherit' }, 'model'],
  ['a null schema', { schema: null }, 'schema'],
  ['an unknown key', { stallMs: 5, mine: true }, 'mine'],
])('%s is ignored', (_name, options, field) => {
  expect((requestOf(options) as unknown as Record<string, unknown>)[field]).toBeUndefined();
});

describe('the default label', () => {
  test.each([
    ['a short prompt', 'fix it', 'fix it'],
    ['line ends as spaces', 'one\r\ntwo\n\nthree', 'one two three'],
    ['60 characters', 'x'.repeat(61), 'x'.repeat(60)],
    ['no half characters', '😀'.repeat(61), '😀'.repeat(60)],
  ])('%s', (_name, prompt, label) => {
    expect(requestOf({}, {}, prompt).label).toBe(label);
  });
});

describe('the model', () => {
  const everywhere: Partial<CallChoices> = {
    model: 'run',
    modelFor: new Map([['A', 'phase']]),
    metaModels: new Map([
      ['A', 'meta'],
      ['B', 'meta'],
    ]),
  };
  test.each<[string, JsonObject, string]>([
    ['--model-for beats the script', { phase: 'A', model: 'script' }, 'phase'],
    ['the script beats meta', { phase: 'B', model: 'script' }, 'script'],
    ['meta beats --model', { phase: 'B' }, 'meta'],
    ['--model is for the rest', { phase: 'C' }, 'run'],
  ])('%s', (_name, options, model) => {
    expect(requestOf(options, everywhere).model).toBe(model);
  });

  test('what the command line adds does not make it another call', () => {
    const plain = requestOf({ phase: 'A' });
    expect(requestOf({ phase: 'A' }, { ...everywhere, effort: 'low' }).contentHash).toBe(plain.contentHash);
    expect(requestOf({ phase: 'A', model: 'haiku' }).contentHash).not.toBe(plain.contentHash);
  });
});

test('label and phase are for people: they do not make another call', () => {
  expect(requestOf({ label: 'x', phase: 'y' }).contentHash).toBe(requestOf({}).contentHash);
});
