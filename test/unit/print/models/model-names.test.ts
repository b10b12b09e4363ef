import { describe, expect, test } from 'vitest';
import { modelIdOf } from '../../../../src/print/models/model-names.ts';
import { modelFacts } from '../../../../src/print/models/models.ts';

const BEDROCK = { CLAUDE_CODE_USE_BEDROCK: '1' };
const VERTEX = { CLAUDE_CODE_USE_VERTEX: 'true' };
const FOUNDRY = { CLAUDE_CODE_USE_FOUNDRY: 'yes' };

/** All of them as the real program was seen to ask. */
describe('a name where it is asked', () => {
  test.each<[string | undefined, string, string, string]>([
    [undefined, 'us.anthropic.claude-opus-5-5', 'claude-opus-5-5', 'claude-sonnet-4-5'],
    ['opus', 'us.anthropic.claude-opus-5-5', 'claude-opus-5-5', 'claude-opus-4-6'],
    [
      'sonnet',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'claude-sonnet-4-5@20250929',
      'claude-sonnet-4-5',
    ],
    ['haiku', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5@20251001', 'claude-haiku-4-5'],
    ['fable', 'us.anthropic.claude-fable-5-2', 'claude-fable-5-2', 'claude-fable-5-2'],
    ['claude-opus-4-6', 'us.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6', 'claude-opus-4-6'],
    ['claude-sonnet-4-6', 'us.anthropic.claude-sonnet-4-6', 'claude-sonnet-4-6', 'claude-sonnet-4-6'],
    [
      'claude-opus-4-5-20251101',
      'us.anthropic.claude-opus-4-5-20251101-v1:0',
      'claude-opus-4-5@20251101',
      'claude-opus-4-5-20251101',
    ],
    ['claude-sonnet-4-5', 'claude-sonnet-4-5', 'claude-sonnet-4-5', 'claude-sonnet-4-5'],
    ['my-deployment', 'my-deployment', 'my-deployment', 'my-deployment'],
    [
      'global.anthropic.claude-sonnet-4-6',
      'global.anthropic.claude-sonnet-4-6',
      'global.anthropic.claude-sonnet-4-6',
      'global.anthropic.claude-sonnet-4-6',
    ],
  ])('%s', (asked, bedrock, vertex, foundry) => {
    expect([BEDROCK, VERTEX, FOUNDRY].map((env) => modelIdOf(asked, env))).toEqual([
      bedrock,
      vertex,
      foundry,
    ]);
  });

  test.each([
    ['us-west-2', 'us'],
    ['eu-west-1', 'eu'],
    ['ap-northeast-1', 'apac'],
    ['us-gov-west-1', 'us-gov'],
    ['ca-central-1', 'global'],
    ['sa-east-1', 'global'],
  ])('Bedrock in %s: %s', (region, area) => {
    const id = `${area}.anthropic.claude-fable-5-2`;
    expect(modelIdOf('fable', { ...BEDROCK, AWS_REGION: region, AWS_DEFAULT_REGION: 'eu-west-3' })).toBe(id);
    expect(modelIdOf('fable', { ...BEDROCK, AWS_DEFAULT_REGION: region })).toBe(id);
  });

  test.each([
    ['haiku', { ANTHROPIC_DEFAULT_HAIKU_MODEL: 'h' }, 'h'],
    ['sonnet', { ANTHROPIC_DEFAULT_SONNET_MODEL: 's' }, 's'],
    ['sonnet[1m]', { ANTHROPIC_DEFAULT_SONNET_MODEL: 's[1m]' }, 's'],
    [undefined, { ANTHROPIC_DEFAULT_OPUS_MODEL: 'o' }, 'o'],
    ['fable', { ANTHROPIC_DEFAULT_FABLE_MODEL: 'f' }, 'f'],
    ['haiku', { ANTHROPIC_SMALL_FAST_MODEL: 'small' }, 'claude-haiku-5-5'],
    ['haiku', { ANTHROPIC_DEFAULT_HAIKU_MODEL: '' }, 'claude-haiku-5-5'],
    ['claude-haiku-5-5', { ANTHROPIC_DEFAULT_HAIKU_MODEL: 'h' }, 'claude-haiku-5-5'],
  ])('%s with %j: %s', (asked, env, id) => {
    expect(modelIdOf(asked, env)).toBe(id);
  });

  test.each([
    ['claude-sonnet-4-6', 'us.anthropic.claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['claude-haiku-4-5-20251001', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5@20251001'],
    ['eu.anthropic.claude-sonnet-4-6', 'eu.anthropic.claude-sonnet-4-6', 'eu.anthropic.claude-sonnet-4-6'],
    ['my-profile', 'my-profile', 'my-profile'],
  ])('the user’s own word for an alias, %s, is spelt as the provider spells it', (own, bedrock, vertex) => {
    const ids = [BEDROCK, VERTEX].map((env) =>
      modelIdOf('sonnet', { ...env, ANTHROPIC_DEFAULT_SONNET_MODEL: own }),
    );
    expect(ids).toEqual([bedrock, vertex]);
  });
});

describe('prices by a provider’s id', () => {
  test.each([
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 3],
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 3],
    ['us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0', 3],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-6-v1', 5],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0', 1],
    ['claude-sonnet-4-5@20250929', 3],
    ['claude-opus-5-5', 4],
    ['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123', undefined],
    ['anthropic.claude-never-heard-of-v1:0', undefined],
    ['my-deployment', undefined],
    ['evil.anthropic.claude-opus-5-5.example', undefined],
  ])('%s: %s dollars a million tokens', (id, input) => {
    expect(modelFacts(id).prices?.input).toBe(input);
  });
});
