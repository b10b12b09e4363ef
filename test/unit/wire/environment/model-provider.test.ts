import { expect, test } from 'vitest';
import { modelProvider } from '../../../../src/wire/environment/model-provider.ts';

/** As the real program was seen to choose. */
test.each([
  [{}, 'anthropic'],
  [{ CLAUDE_CODE_USE_BEDROCK: '1' }, 'bedrock'],
  [{ CLAUDE_CODE_USE_VERTEX: 'TRUE' }, 'vertex'],
  [{ CLAUDE_CODE_USE_FOUNDRY: 'on' }, 'foundry'],
  [{ CLAUDE_CODE_USE_VERTEX: 'yes' }, 'vertex'],
  [
    { CLAUDE_CODE_USE_BEDROCK: '0', CLAUDE_CODE_USE_VERTEX: 'false', CLAUDE_CODE_USE_FOUNDRY: 'no' },
    'anthropic',
  ],
  [{ CLAUDE_CODE_USE_BEDROCK: 'banana', CLAUDE_CODE_USE_VERTEX: '2' }, 'anthropic'],
  [{ CLAUDE_CODE_USE_BEDROCK: '1', CLAUDE_CODE_USE_FOUNDRY: '1', CLAUDE_CODE_USE_VERTEX: '1' }, 'bedrock'],
  [{ CLAUDE_CODE_USE_FOUNDRY: '1', CLAUDE_CODE_USE_VERTEX: '1' }, 'foundry'],
])('%j: %s', (env, provider) => {
  expect(modelProvider(env)).toBe(provider);
});
