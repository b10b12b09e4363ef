import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { awsRegion } from '../../../../src/print/models/aws-region.ts';
import { modelIdOf } from '../../../../src/print/models/model-names.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let home: string;
beforeEach(() => {
  home = temporaryFolder();
  mkdirSync(path.join(home, '.aws'));
});

const CONFIG = `# a comment
[default]
output = json
region = eu-west-1

[profile work]
sso_region = us-west-2
s3 =
    region = nested-1
region=ap-south-1
[profile "with space"]
region = sa-east-1
[profile bare]
`;

test.each([
  [{}, 'eu-west-1'],
  [{ AWS_PROFILE: 'work' }, 'ap-south-1'],
  [{ AWS_PROFILE: 'with space' }, 'sa-east-1'],
  [{ AWS_PROFILE: 'bare' }, 'us-east-1'],
  [{ AWS_PROFILE: 'nobody' }, 'us-east-1'],
  [{ AWS_REGION: 'ca-central-1', AWS_DEFAULT_REGION: 'eu-north-1' }, 'ca-central-1'],
  [{ AWS_DEFAULT_REGION: 'eu-north-1' }, 'eu-north-1'],
  [{ AWS_CONFIG_FILE: '/nowhere' }, 'us-east-1'],
])('%j: %s', (env, region) => {
  writeFileSync(path.join(home, '.aws', 'config'), CONFIG);
  expect(awsRegion({ HOME: home, ...env })).toBe(region);
});

test('no file, no home', () => {
  expect(awsRegion({ HOME: home })).toBe('us-east-1');
  expect(awsRegion({})).toBe('us-east-1');
});

test('the area of a model is that of the profile', () => {
  writeFileSync(path.join(home, '.aws', 'config'), CONFIG);
  const env = { HOME: home, CLAUDE_CODE_USE_BEDROCK: '1' };
  expect(modelIdOf('fable', env)).toBe('eu.anthropic.claude-fable-5-2');
});
