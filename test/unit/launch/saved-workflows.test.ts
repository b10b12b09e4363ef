import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { savedWorkflows } from '../../../src/launch/saved-workflows.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('the bundled ones lie beside the built programs, the personal ones where the environment says', async () => {
  const around = temporaryFolder();
  const put = (file: string): string => {
    const whole = path.join(around, file);
    mkdirSync(path.dirname(whole), { recursive: true });
    writeFileSync(whole, `export const meta = { name: 'audit', description: 'd' }\n`);
    return whole;
  };
  const bundled = put('package/workflows/audit/audit.js');
  put('home/.claude/workflows/not-looked-at.js');
  const personal = put('config/workflows/audit.js');
  const env = { CLAUDE_CONFIG_DIR: path.join(around, 'config') };
  const whose = { distDir: path.join(around, 'package/dist'), homeDir: path.join(around, 'home'), env };
  const cwd = path.join(around, 'nowhere');
  expect(await savedWorkflows(cwd, whose).named('audit')).toMatchObject({
    workflow: { place: 'personal', file: personal },
    shadowed: [{ place: 'bundled', file: bundled }],
  });
});
