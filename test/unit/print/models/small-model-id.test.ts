/** Which model reads pages, as the real program (2.1.330) was seen to choose it at each provider. */
import { describe, expect, test } from 'vitest';
import { smallModelId } from '../../../../src/print/models/model-names.ts';

const PROVIDERS = {
  'Anthropic itself': {},
  Bedrock: { CLAUDE_CODE_USE_BEDROCK: '1', AWS_REGION: 'eu-west-1' },
  Vertex: { CLAUDE_CODE_USE_VERTEX: '1' },
  Foundry: { CLAUDE_CODE_USE_FOUNDRY: '1' },
} as const;
const BEDROCK_ID = 'eu.anthropic.claude-haiku-4-5-20251001-v1:0';

describe.each<[keyof typeof PROVIDERS, string, string]>([
  ['Anthropic itself', 'claude-haiku-5-5', 'claude-haiku-4-5-20251001'],
  ['Bedrock', 'session-model', BEDROCK_ID],
  ['Vertex', 'session-model', 'claude-haiku-4-5@20251001'],
  ['Foundry', 'session-model', 'claude-haiku-4-5-20251001'],
])('%s', (provider, unnamed, spelt) => {
  const ask = (more: Readonly<Record<string, string>>): string =>
    smallModelId({ ...PROVIDERS[provider], ...more }, 'session-model');
  const named = 'claude-haiku-4-5-20251001';

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['nobody names one', {}, unnamed],
    [
      'empty variables name none',
      { ANTHROPIC_SMALL_FAST_MODEL: '', ANTHROPIC_DEFAULT_HAIKU_MODEL: '' },
      unnamed,
    ],
    ['the address is Anthropic’s', { ANTHROPIC_BASE_URL: 'https://api.anthropic.com' }, unnamed],
    ['the address is another one', { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' }, 'session-model'],
    ['the user names one', { ANTHROPIC_SMALL_FAST_MODEL: named }, spelt],
    ['another variable does', { ANTHROPIC_DEFAULT_HAIKU_MODEL: named }, spelt],
    ['both do', { ANTHROPIC_SMALL_FAST_MODEL: named, ANTHROPIC_DEFAULT_HAIKU_MODEL: 'h' }, spelt],
    ['one that nobody else knows', { ANTHROPIC_SMALL_FAST_MODEL: 'my-profile' }, 'my-profile'],
  ])('%s', (_name, env, id) => {
    expect(ask(env)).toBe(id);
  });
});
